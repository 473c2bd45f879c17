'use strict';

// What the package does, on one thread.

const assert = require('node:assert');
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { after, test } = require('node:test');
const { handles } = require('quiesce/addon');
const { Index } = require('search');
const { idsOf, numbered, temporaryPath } = require('./support.js');

after(() => assert.deepStrictEqual(handles(), []));

/** @type {import('search').Document[]} */
const animals = [
  {
    id: 'fox',
    title: 'The fox',
    body: 'The quick brown foxes jumped over the lazy dog',
    tags: ['Red Fur', 'wild'],
    modified: new Date('2024-02-29T12:00:00.123Z'),
    meta: { lang: 'en' },
  },
  { id: 'dog', title: 'The dog', body: 'A dog sleeps & dreams', modified: new Date('2025-01-01') },
  { id: 'owl', title: 'Die Eule', body: '🦉' },
];

test('create, add, search', async (t) => {
  const index = await Index.create(temporaryPath(t), { language: 'en' });
  await index.addBatch(animals);
  assert.strictEqual(index.count(), 3);

  const result = await index.search('+jumping -cat', { highlight: 'html' });
  assert.strictEqual(result.total, 1);
  assert.ok(result.took > 0 && result.took < 5000, `took ${result.took} ms`);
  const [hit] = result.hits ?? [];
  const { body, ...rest } = animals[0];
  assert.deepStrictEqual(hit, {
    ...rest,
    score: result.maxScore,
    fragments: { body: ['The quick brown foxes <mark>jumped</mark> over the lazy dog'] },
  });
  for (const [query, ids] of [
    ['dog', ['dog', 'fox']],
    ['title:dog', ['dog']],
    ['tags:"Red Fur"', ['fox']],
    ['meta.lang:en', ['fox']],
    ['modified:>="2025-01-01"', ['dog']],
    ['eule', ['owl']],
    ['nothing', []],
  ]) {
    const found = await index.search(String(query), { sort: ['_id'] });
    assert.deepStrictEqual(
      found.hits?.map(({ id }) => id),
      ids,
      String(query),
    );
  }
  await index.free();
});

test('a document comes back as it was', async (t) => {
  const index = await Index.create(temporaryPath(t));
  await index.addBatch(animals);
  for (const animal of animals) assert.deepStrictEqual(await index.get(animal.id), animal);
  assert.strictEqual(await index.get('unicorn'), null);
  const found = await index.search('*', { bodies: true, sort: ['_id'], limit: 1 });
  const { score, ...document } = found.hits?.[0] ?? {};
  assert.deepStrictEqual(document, animals[1]);
  await index.free();
});

test('limit, offset and sort', async (t) => {
  const index = await Index.create(temporaryPath(t));
  await index.addBatch(numbered(0, 30));
  /** @param {import('search').SearchOptions} [options] */
  const ids = async (options) => {
    const found = await index.search('tags:even', options);
    assert.strictEqual(found.total, 15);
    return found.hits?.map(({ id }) => Number(id));
  };
  assert.strictEqual((await ids())?.length, 10);
  assert.deepStrictEqual(await ids({ limit: 0 }), []);
  assert.deepStrictEqual(await ids({ sort: ['-_id'], limit: 2, offset: 1 }), [26, 24]);
  assert.strictEqual((await ids({ limit: 100 }))?.length, 15);
  await index.free();
});

test('replace and delete', async (t) => {
  const index = await Index.create(temporaryPath(t));
  await index.addBatch(numbered(0, 5));
  await index.addBatch([{ id: '00001', title: 'one' }]);
  await index.delete('00000', '00002', 'unicorn');
  await index.delete('00004', { signal: AbortSignal.timeout(60_000) });
  await index.delete();
  assert.deepStrictEqual(await idsOf(index), ['00001', '00003']);
  assert.deepStrictEqual(await index.get('00001'), { id: '00001', title: 'one' });
  const stats = index.stats();
  assert.strictEqual(stats.documents, 2);
  assert.strictEqual(stats.updates, 6);
  assert.strictEqual(stats.errors, 0);
  assert.ok(stats.bytes > 1000 && stats.files > 0 && stats.searches > 0 && stats.batches >= 4);
  await index.free();
});

test('all hits, one after the other', async (t) => {
  const index = await Index.create(temporaryPath(t));
  const documents = numbered(0, 1234);
  await index.addBatch(documents);
  assert.deepStrictEqual(
    await idsOf(index),
    documents.map(({ id }) => id),
  );
  assert.strictEqual((await idsOf(index, 'tags:odd')).length, 617);
  assert.deepStrictEqual(await idsOf(index, 'nothing'), []);
  for await (const hit of index.all('title:77', { highlight: 'ansi', bodies: true })) {
    assert.deepStrictEqual(hit.fragments, { title: ['Number \x1b[43m77\x1b[0m'] });
  }

  const before = index.stats().searches;
  for await (const hit of index.all('*')) {
    assert.strictEqual(hit.id, '00000');
    break;
  }
  const pages = index.stats().searches - before;
  assert.ok(pages < 7, `${pages} pages were fetched for one hit`); // of the 7 that there are
  assert.strictEqual(await index.free(), 'drained');
});

test('an iteration ends with its signal, and with the index', async (t) => {
  const index = await Index.create(temporaryPath(t));
  await index.addBatch(numbered(0, 5000));
  const abort = new AbortController();
  const first = index.all('*', { signal: abort.signal });
  await first[Symbol.asyncIterator]().next();
  const end = async (/** @type {AsyncIterable<unknown>} */ hits, /** @type {() => unknown} */ stop) => {
    let n = 0;
    for await (const _ of hits) if (n++ === 10) stop();
  };
  await assert.rejects(
    end(index.all('*', { signal: abort.signal }), () => abort.abort()),
    { name: 'AbortError' },
  );
  /** @type {Promise<string> | undefined} */
  let outcome;
  await assert.rejects(
    end(index.all('*'), () => {
      outcome = index.free();
    }),
    { code: 'ERR_HANDLE_FREED' },
  );
  assert.strictEqual(await outcome, 'drained');
});

test('wrong queries, documents and options', async (t) => {
  const index = await Index.create(temporaryPath(t));
  for (const query of ['"', 'title:', '/[/', 'modified:>"soon"']) {
    await assert.rejects(index.search(query), { code: 'ERR_QUERY', message: /^wrong query: ./ }, query);
    await assert.rejects(idsOf(index, query), { code: 'ERR_QUERY' }, query);
  }
  const wrong = { code: 'ERR_DOCUMENT', message: 'wrong document: documents[1] has no id' };
  await assert.rejects(index.addBatch([{ id: 'a' }, { id: '' }]), wrong);
  const early = [{ id: 'a', modified: new Date('1066-10-14') }];
  await assert.rejects(index.addBatch(early), { code: 'ERR_DOCUMENT' });
  await assert.rejects(index.search('*', { limit: -1 }), { code: 'ERR_OPTIONS' });
  // @ts-expect-error: there is no such language
  await assert.rejects(Index.create(`${temporaryPath(t)}2`, { language: 'tlh' }), { code: 'ERR_OPTIONS' });
  // @ts-expect-error: a title is a string
  await assert.rejects(async () => index.addBatch([{ id: 'a', title: 1 }]), { name: 'TypeError' });
  assert.strictEqual(index.count(), 0);
  await index.free();
});

test('a folder is open once, and has an index once', async (t) => {
  const folder = temporaryPath(t);
  await assert.rejects(Index.open(folder), { code: 'ERR_INDEX_NOT_FOUND' });
  const index = await Index.create(folder);
  await assert.rejects(Index.create(folder), { code: 'ERR_INDEX_EXISTS' });
  await assert.rejects(Index.open(folder), {
    code: 'ERR_INDEX_LOCKED',
    message: `${folder}: someone else has the index open`,
  });
  await assert.rejects(Index.open(folder, { lockTimeout: 1e6, signal: AbortSignal.timeout(100) }), {
    name: 'AbortError',
  });

  const waiting = Index.open(folder, { lockTimeout: 60_000 });
  await index.addBatch(animals);
  await index.free();
  const again = await waiting;
  assert.strictEqual(again.count(), 3);
  await again.free();

  writeFileSync(path.join(folder, 'index_meta.json'), 'no');
  await assert.rejects(Index.open(folder), { code: 'ERR_INDEX_CORRUPT' });
  await assert.rejects(Index.open(path.dirname(folder)), { code: 'ERR_INDEX_NOT_FOUND' });
});
