// Indexes the text files of a folder from four workers, and searches them.
// node demo.mjs FOLDER QUERY...

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Index } from 'search';

const endings = ['.go', '.js', '.md', '.mjs', '.ts', '.txt'];

function textFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return /^(\.|node_modules$)/.test(entry.name) ? [] : textFiles(file);
    return endings.includes(path.extname(file)) ? [file] : [];
  });
}

/** What a worker does: it adds its share of the files, in batches of 20. */
async function add() {
  const index = Index.attach(workerData.token);
  const { files } = workerData;
  for (let i = 0; i < files.length; i += 20) {
    await index.addBatch(
      files.slice(i, i + 20).map((file) => ({
        id: file,
        title: path.basename(file),
        body: readFileSync(file, 'utf8'),
        tags: [path.extname(file).slice(1)],
        modified: statSync(file).mtime,
      })),
    );
  }
  index.detach();
}

async function main([folder, ...query]) {
  if (query.length === 0) {
    console.error('Usage: node demo.mjs FOLDER QUERY...');
    process.exitCode = 2;
    return;
  }
  const temporary = await mkdtemp(path.join(tmpdir(), 'search-demo-'));
  const index = await Index.create(path.join(temporary, 'index'), { language: 'en' });

  const files = textFiles(folder);
  const start = performance.now();
  const workers = [0, 1, 2, 3].map((n) => {
    const share = files.filter((_, i) => i % 4 === n);
    return new Worker(new URL(import.meta.url), { workerData: { token: index.token, files: share } });
  });
  await Promise.all(workers.map((worker) => new Promise((end) => worker.once('exit', end))));
  const { documents, bytes } = index.stats();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${documents} files indexed in ${seconds} s, ${(bytes / 1e6).toFixed(1)} MB`);

  const { total, took, hits } = await index.search(query.join(' '), { highlight: 'ansi', limit: 5 });
  console.log(`${total} hits in ${took.toFixed(1)} ms`);
  for (const { id, score, fragments } of hits) {
    console.log(`\n${path.relative(folder, id)} (${score.toFixed(2)})`);
    for (const text of fragments?.body ?? []) console.log(text.replace(/^/gm, '    '));
  }
  await index.free();
  rmSync(temporary, { recursive: true });
}

if (isMainThread) await main(process.argv.slice(2));
else await add();
