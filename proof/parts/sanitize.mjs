// The shim under AddressSanitizer and ThreadSanitizer in stock Node; the Go half under Go's race detector in a C host.

import { format } from '../../demo/text.mjs';
import { inLanes } from '../runner/lanes.mjs';
import { buildCopy, buildHost } from '../sanitize/build.mjs';
import { plants } from '../sanitize/plants.mjs';
import { counts, isAbout, tell } from '../sanitize/reports.mjs';
import { runTests, runWorkload, sanitizers } from '../sanitize/runs.mjs';

const { address, thread } = sanitizers;
const testFiles = {
  quick: ['guard'],
  long: [
    'arguments',
    'async',
    'attach',
    'bytes',
    'children',
    'dispose',
    'errors',
    'free',
    'guard',
    'panics',
    'terminate',
  ],
};

export const part = {
  name: 'sanitize',
  title: "the shim under AddressSanitizer and ThreadSanitizer, the Go half under Go's race detector",
  packages: ['gcc', 'libc6-dev', 'llvm'],
  async prove(context) {
    const proofs = [
      ...[address, thread].map((sanitizer) => async () => {
        await proveClean(context, sanitizer);
        await provePlanted(context, sanitizer);
      }),
      () => proveGo(context),
    ];
    await inLanes(2, proofs, (prove) => prove());
  },
};

/** The shim as it is: nothing that the sanitizer reports may be of its doing. */
async function proveClean(context, sanitizer) {
  context.begin(`${sanitizer.title}: building`);
  const folder = await buildCopy(context, sanitizer.name);
  context.begin(`${sanitizer.title}: the workload`);
  const { tally, status, signal, stderr, reports } = await runWorkload(
    context,
    sanitizer,
    folder,
    context.size(3, 60),
  );
  demandNone(context, sanitizer, reports);
  const how = `${signal ?? `exit code ${status}`}:\n${stderr.slice(-2000)}`;
  context.demand(tally, `${sanitizer.title}: the workload ended by ${how}`);
  const did = `${format(tally.calls)} calls in ${format(tally.envs)} envs`;
  context.row(
    `${sanitizer.title}: workers that share handles, come and go`,
    `${did}: 0 reports`,
    '0 reports',
  );

  const names = context.size(testFiles.quick, testFiles.long);
  context.begin(`${sanitizer.title}: ${names.join(', ')}`);
  const { tests, reports: more } = await runTests(context, sanitizer, folder, names);
  demandNone(context, sanitizer, more);
  context.row(`${sanitizer.title}: tests of ${names.join(', ')}`, `${tests} pass: 0 reports`, '0 reports');
}

function demandNone(context, sanitizer, reports) {
  const [first] = reports.filter(counts);
  context.demand(!first, first && `${sanitizer.title}: ${tell(first)}:\n${first.text}`);
}

// A race that is planted is found by the first attempt as a rule, but it has to happen. A list that grows under its
// reader may become a ring, which is read for ever.
const attempts = 8;
const timeout = 60_000;

/** The same workload with planted bugs: each must be reported, with the function that has it. */
async function provePlanted(context, sanitizer) {
  context.begin(`${sanitizer.title}: planted bugs`);
  const folder = await buildCopy(context, sanitizer.name, { planted: true });
  const found = new Map();
  const expected = plants[sanitizer.name];
  for (let i = 0; i < attempts && found.size < expected.length; i++) {
    const { reports } = await runWorkload(context, sanitizer, folder, 2, { timeout });
    for (const plant of expected) {
      const report = reports.find((each) => counts(each) && isAbout(each, plant));
      if (report) found.set(plant, report);
    }
  }
  for (const plant of expected) {
    const report = found.get(plant);
    context.demand(report, `${sanitizer.title} did not report the planted bug: ${plant.what}.`);
    context.row(`${sanitizer.title}: planted: ${plant.what}`, tell(report), 'reported');
  }
}

/** The Go half, whose callers are threads of a C program. */
async function proveGo(context) {
  const threads = 4;
  const envs = context.size(100, 2000);
  context.begin('race detector: building the C host');
  const host = await buildHost(context);
  context.begin('race detector: the C host');
  const { stdout } = await context.must(host, [String(threads), String(envs)]);
  const { calls, completions, ops, stats } = JSON.parse(stdout);
  context.demand(
    stats.live === 0 && ops === 0 && stats.opened === stats.released,
    `The C host has left something behind: ${stdout}`,
  );
  const did = `${format(calls)} calls, ${format(completions)} completions in ${format(threads * envs)} envs`;
  context.row(`Go's race detector: ${threads} threads of a C host`, `${did}: 0 races`, '0 races');

  const [plant] = plants.race;
  context.begin('race detector: the planted bug');
  const planted = await context.run(
    await buildHost(context, { planted: true }),
    [String(threads), String(envs)],
    {
      env: { ...process.env, GORACE: 'halt_on_error=1' },
    },
  );
  const report = planted.stderr.split('==================')[1] ?? '';
  context.demand(
    planted.status === 66 && report.includes(plant.title) && report.includes(plant.name),
    `Go's race detector did not report the planted bug: ${plant.what}.`,
  );
  const [line, access] = report.trim().split('\n');
  context.row(
    `Go's race detector: planted: ${plant.what}`,
    `${line}, ${access.split(' ')[0]} in ${plant.name}`,
    'reported',
  );
}
