// What a runtime is known not to do. Each reason is a row in docs/platforms.md, by its name. A test that is listed
// here and passes all the same fails the proof, unless it is `unsteady`: then the runtime has a race. So does one that
// fails and is not listed.

const notNode = ['Bun', 'Deno'];

/** Files that are not run: { on, files, reason }. */
export const unrun = [
  { on: notNode, files: /^cli-/, reason: 'cli-is-for-node' },
  { on: notNode, files: /^inspect-/, reason: 'inspect-is-for-node' },
  { on: notNode, files: /^options-of-node/, reason: 'options-of-node' },
  {
    on: 'all',
    files: /^bus-(demo|conformance-servers|durable-servers|hazards-cluster)/,
    reason: 'bus-on-one-node',
  },
  { on: 'all', files: /^docs-/, reason: 'docs-on-one-node' },
  { on: ['Bun'], files: /^heap-limit/, reason: 'bun-heap-limit' },
  { on: ['Deno'], files: /^signals/, reason: 'deno-signals' },
  { on: ['Deno'], files: /^toolkit-callback-hazards/, reason: 'deno-exit-in-callback' },
];

/** Tests that fail: { on, file, test, reason, unsteady }. */
export const failing = [
  ...['Node 24', 'Node 26'].flatMap((on) =>
    list(on, 'late-wake', {
      controls: ['FAULTS 17, 22: the control: without the teardown hook the same run crashes'],
    }),
  ),
  ...['Bun', 'Deno'].flatMap((on) =>
    list(on, 'late-wake', {
      controls: [
        'FAULTS 18: the control: without the guard around the thread-safe function the same run crashes',
        'FAULTS 17, 22: the control: without the teardown hook the same run crashes',
      ],
    }),
  ),
  ...list('Bun', 'bun-stack', {
    errors: ["the stack of a sync error begins at the caller's line, not in the boundary"],
    schema: ['an error names the path to what is wrong'],
  }),
  ...list('Bun', 'bun-words', {
    'toolkit-callbacks': ['FAULTS 27: without a listener a throw ends the process, as in any event listener'],
    'toolkit-classes': ['a constructor checks its arguments, and is only called by new'],
  }),
  ...list('Bun', 'bun-inspector', { signals: ['FAULTS 29: SIGUSR1 starts the inspector'] }),
  ...['Bun', 'Deno'].flatMap((on) =>
    list(on, 'report-without-libraries', {
      'toolkit-load': ["loading it does not load Quiesce's own addon"],
    }),
  ),
  ...list('Bun', 'bun-promise-hooks', {
    hostile: ['a promise hook that starts calls while a call is being started disturbs neither'],
  }),
  ...list('Bun', 'bun-conservative-gc', {
    'toolkit-callback-hazards': [
      'functions are let go of: a method that is passed one a thousand times keeps none',
    ],
  }),
  ...unsteady('Bun', 'bun-heap', {
    collect: ['200000 guards opened and freed: memory stays as it is'],
  }),
  ...unsteady('Deno', 'deno-terminate', {
    async: ['FAULTS 18, 19: handles that were on their way to a worker that ended are released'],
    guard: [
      'FAULTS 20: a worker that dies inside (terminate) gives its enters back, and the free drains',
      'FAULTS 20: of two workers inside one guard one dies, and the other goes on',
      'FAULTS 20: a worker terminated while it blocks inside a guard gives its enter back',
    ],
    terminate: [
      'FAULTS 15: a worker terminated in a sync op ends after the op; others are not affected',
      'FAULTS 15: a free waits for the sync op of a worker that is being terminated',
      'FAULTS 19: completions that are queued when their env dies are dropped, their memory with them',
      'a wrapper of a worker that has gone leaves nothing behind in handles()',
    ],
    matrix: ['a handle whose env has gone, and that nobody else was attached to, is freed'],
    controls: [
      'FAULTS 20: a worker dies inside a guard: its attachment and its enter are given back, and a free drains',
      'FAULTS 20: the control: without the enters given back the free times out',
    ],
  }),
  ...list('Deno', 'deno-messages', {
    'mapped-hazards': ['one mapping is shared by all threads that attach to it'],
  }),
  ...unsteady('Deno', 'deno-messages', {
    terminate: ['FAULTS 16: process.exit() of the main thread while workers are in sync and async ops'],
  }),
  ...list('Deno', 'deno-worker-stdout', {
    'two-runtimes': ['FAULTS 44: two runtimes in the main thread and in workers, all at once'],
  }),
  ...unsteady('Deno', 'deno-many-wrappers', {
    attach: ['FAULTS 9: attach against free: attached before it, or refused; nothing is left over'],
    collect: ['200000 guards opened and freed: memory stays as it is'],
  }),
  ...list('Deno', 'deno-heap-limit', {
    'heap-limit': ['FAULTS 36: a process at its heap limit with ops in flight dies of that, as Node does'],
  }),
  ...list('Deno', 'deno-import-in-eval', {
    'bus-loading': ['quiesce does not load the addon of the bus, nor quiesce/bus that of quiesce'],
  }),
  ...list('Deno', 'deno-import-of-commonjs', {
    'bus-loading': ['require and import give the same classes; each name is exported by both'],
    'toolkit-load': ['quiesce/addon by import and by require is one, and has these names'],
    require: [
      'FAULTS 41: require and import of the package without its binary',
      'FAULTS 41: a platform that it is not built for is told what there is',
      'FAULTS 41: musl is recognised, and told why',
      'FAULTS 41: where the report of the process throws, the error is the same, and does not speak of musl',
      'FAULTS 41: where the report of the process is text, the error is the same, and does not speak of musl',
      'FAULTS 41: where the report of the process is not there, the error is the same, and does not speak of musl',
    ],
  }),
  ...list('Deno', 'deno-without-stdio', {
    'bus-quiet': ['started without stdin, stdout and stderr at all, it works the same'],
    stdio: [
      'FAULTS 30: whatever the core does, it writes nothing to stdout or stderr',
      'FAULTS 30: started without stdout and stderr at all, it works the same',
    ],
  }),
];

/** By how many MB a runtime may grow in 1,000 workers, and why by more than others. */
const growth = [{ on: 'Deno', limit: 32, reason: 'deno-env-memory' }];
const flat = { limit: 16 }; // what V8's heap takes at the first workers varies by more than their number

/** All reasons that are given. */
export const reasons = new Set([...unrun, ...failing, ...growth].map(({ reason }) => reason));

/** What a runtime may grow by: { limit, reason }. */
export function growthOf(runtime) {
  return growth.find(({ on }) => on === runtime) ?? flat;
}

/** The reason why a runtime does not run a file, if there is one. */
export function whyUnrun(runtime, file) {
  return unrun.find(({ on, files }) => (on === 'all' || on.includes(runtime)) && files.test(file))?.reason;
}

/** What of a file is expected to fail on a runtime: Map of the test's name to { reason, unsteady }. */
export function expectedFailures(runtime, file) {
  const here = failing.filter((each) => each.on === runtime && `${each.file}.test.js` === file);
  return new Map(here.map((each) => [each.test, each]));
}

function unsteady(...listed) {
  return list(...listed).map((each) => ({ ...each, unsteady: true }));
}

function list(on, reason, files) {
  return Object.entries(files).flatMap(([file, tests]) => tests.map((test) => ({ on, file, test, reason })));
}
