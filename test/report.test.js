'use strict';

// handles() beside Node's diagnostic report: plain data, also when the process is about to end.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { expectChild } = require('./support/bodies.js');

test('the recipe: handles() and stats() in a report, from an uncaughtException', async () => {
  const { result } = await expectChild(
    ({ addon, print, quiesce }) => {
      process.on('uncaughtException', (error) => {
        const report = process.report.getReport(error);
        report.quiesce = { handles: quiesce.handles(), stats: quiesce.stats() };
        const text = JSON.stringify(report);
        const { header, quiesce: ours } = JSON.parse(text);
        print({
          pid: header.processId === process.pid,
          same: JSON.stringify(ours) === JSON.stringify(report.quiesce),
          ours,
        });
        process.exit(0);
      });
      const guard = new quiesce.Guard();
      guard.tryEnter();
      addon.Sleeper.open().stubborn(60_000);
      setImmediate(() => {
        guard.run(() => {
          throw new Error('on purpose');
        });
      });
    },
    { env: { QUIESCE_TRACE: '1' } },
  );
  assert.equal(result.pid, true);
  assert.equal(result.same, true, 'plain data: what is written is what there was');
  const shown = result.ours.handles
    .map((each) => [each.class, each.state, each.ops.map((op) => op.method)])
    .sort();
  assert.deepEqual(shown, [
    ['Guard', 'open', ['enter']],
    ['Sleeper', 'open', ['stubborn']],
  ]);
  assert.equal(result.ours.stats.live, 2);
  for (const each of result.ours.handles) assert.equal(typeof each.site, 'string');
});
