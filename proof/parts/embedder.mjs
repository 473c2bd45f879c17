// An embedder that makes and ends environments in one process, as Electron does.

import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';
import { build } from '../../scripts/addons.mjs';
import { buildEmbedder } from '../embedder/build.mjs';

const refused = 22; // napi_no_external_buffers_allowed
const flat = 16; // MB that the allocators of V8 and glibc take and keep after the first quarter

const scenarios = [
  { name: 'reloads', title: 'pages of one isolate, one after the other', sizes: [12, 500] },
  { name: 'heirs', title: 'reloads that hand a handle on to the next page', sizes: [12, 300] },
  { name: 'windows', title: 'isolates, one after the other', sizes: [12, 500] },
  { name: 'pairs', title: 'two at once in one thread, on one token', sizes: [4, 200] },
  { name: 'threads', title: 'reloads in a second thread, on a token of the first', sizes: [8, 300] },
];

export const part = {
  name: 'embedder',
  title: 'environments of an embedder, created and torn down in one process',
  packages: ['g++', 'libicu72', 'libnghttp2-14', 'libbrotli1', 'libssl3'],

  async prove(context) {
    build(['quiesce', 'test']);
    const programs = await buildEmbedder(context);
    for (const { name, title, sizes } of scenarios) {
      const rounds = context.size(...sizes);
      context.begin(`${name}: ${rounds}`);
      checkScenario(context, title, rounds, await runScenario(context, programs, name, rounds));
    }
    await checkControl(context, programs);
  },
};

async function runScenario(context, { embedder, probe }, name, rounds) {
  const env = { ...process.env, QUIESCE_PROBE: probe, NODE_OPTIONS: undefined };
  const { stdout, stderr } = await context.must(embedder, [root, name, String(rounds)], {
    env,
    timeout: context.size(3, 30) * 60_000,
  });
  context.demand(stderr === '', `The embedder (${name}) wrote to stderr:\n${stderr}`);
  return JSON.parse(stdout);
}

function checkScenario(context, title, rounds, { left, memory, externalBuffersRefused }) {
  const { live, opened, released, ops } = left;
  context.demand(opened > 0, `${title}: no handle was opened.`);
  context.demand(live === 0 && opened === released, `${title}: ${opened} opened, ${released} released.`);
  context.demand(ops === 0, `${title}: ${ops} ops are in flight, and nobody is there.`);
  context.demand(
    left.statuses.join() === `${refused},${refused}`,
    `An addon could make external buffers: ${left.statuses}.`,
  );
  // The two of the probe itself: nobody else asks.
  context.demand(
    externalBuffersRefused === 2,
    `${externalBuffersRefused - 2} external buffers were asked for.`,
  );
  const grown = growth(memory);
  context.demand(grown < flat, `${title}: the process grew by ${grown.toFixed(1)} MB.`);
  context.row(
    `${title}: ${format(rounds)} environments`,
    `no crash; ${format(opened)} handles opened, ${format(released)} released; RSS ${signed(grown)} MB`,
    `all released, RSS under +${flat} MB`,
  );
}

/** MB between the lowest of the second quarter and of the last one. */
function growth(kilobytes) {
  const quarter = Math.max(1, Math.floor(kilobytes.length / 4));
  const [early, late] = [kilobytes.slice(quarter, 2 * quarter), kilobytes.slice(-quarter)];
  return (Math.min(...late) - Math.min(...early)) / 1024;
}

function signed(number) {
  return `${number < 0 ? '' : '+'}${number.toFixed(1)}`;
}

/** An env that is not torn down must be seen: else the figures above would tell nothing. */
async function checkControl(context, programs) {
  context.begin('the control');
  const { left } = await runScenario(context, programs, 'forgotten', 1);
  context.demand(
    left.live > 0 && left.ops > 0,
    'An environment that was never torn down has left nothing behind.',
  );
  context.row(
    'the control: an environment that is never torn down',
    `${left.live} handles and ${left.ops} ops are left`,
    'above 0',
  );
}
