// Mutation testing of guard/: what is taken out of it is noticed by a test.

import { examineGenerated } from '../mutation/generated.mjs';
import { Laboratory } from '../mutation/laboratory.mjs';
import { examineProtections } from '../mutation/protections.mjs';
import { ratio } from '../mutation/results.mjs';

const bar = 0.9; // of all mutants, those that must be killed

export const part = {
  name: 'mutation',
  title: 'mutation testing of guard/: what is taken out of it is noticed by a test',
  packages: [],
  prove,
};

async function prove(context) {
  const laboratory = new Laboratory(context, context.size(5, 10));
  context.begin('the tests with nothing changed');
  await checkControls(context, laboratory);
  context.begin('protections dropped');
  const chosen = await examineProtections(context, laboratory);
  if (context.quick) return;
  context.begin('mechanical mutants');
  const generated = await examineGenerated(context, laboratory);
  const all = { killed: chosen.killed + generated.killed, total: chosen.total + generated.total };
  context.row('all mutants, killed', ratio(all), `>= ${100 * bar} %`);
  context.demand(all.killed >= bar * all.total, `${ratio(all)} mutants are killed.`);
}

/** What changes nothing must survive, or the tests fail by themselves; what does not compile must not count. */
async function checkControls(context, laboratory) {
  const change = { file: 'word.go', take: 'package guard' };
  const same = await laboratory.examine({ ...change, put: 'package guard // the same' });
  context.demand(!same.killed, `With nothing changed ${same.by} fails: go test ./guard/`);
  context.row('control: all tests, with nothing changed', 'survives', 'survives');
  const broken = await laboratory.examine({ ...change, put: 'package' });
  context.demand(!broken, 'A mutant that does not compile was run.');
  context.row('control: a mutant that does not compile', 'told apart', 'told apart');
}
