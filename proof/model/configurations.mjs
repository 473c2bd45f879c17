// The configurations of guard.pml: which features, how many of each. Every one is searched to its end.

const word = { COUNT_BITS: 3, GENERATION_BITS: 3, OPS_LIMIT: 4, SLOTS: 1 };
const nobody = { STRIPES: 0, OPS: 0, TRIES: 0, FREERS: 0, ENVS: 0, BACKGROUND: 'ANY' };

/**
 * A configuration: { title, defines, liveness, states: the least number of states, 0 for any, flags: what else the
 * verifier is told }.
 */
function configuration(title, defines, rest = {}) {
  return {
    title,
    defines: { ...word, ...nobody, ...defines },
    liveness: 'LIVENESS' in defines,
    states: 0,
    flags: [],
    ...rest,
  };
}

const handles = (n) => ({ HANDLES: n, OPENS: n });
const family = { SLOTS: 2, HANDLES: 3, OPENS: 1, FAMILY: '', DETACHES: '' };
const attachments = { ...handles(2), ENVS: 2, STEPS: 1, DETACHES: '' };
const striped = { ...handles(2), STRIPES: 1, OPS: 2, TRIES: 1, FREERS: 2 };
const endless = { LIVENESS: '', ENDLESS: '', FREERS: 2 };

/** What is proven, small (for CI) and large. */
export function configurations(quick) {
  const size = (small, large) => (quick ? small : large);
  const lives = size(3, 5);
  return [
    configuration(
      `core: 3 ops x 2 tries, 2 freers, ${lives - 1} recycles, time-outs`,
      { ...handles(lives), OPS: 3, TRIES: 2, FREERS: 2 },
      { states: 1_000_000 },
    ),
    configuration(`${size(2, 4)} ops x 3 tries, 2 freers, 1 recycle, time-outs`, {
      ...handles(2),
      OPS: size(2, 4),
      TRIES: 3,
      FREERS: 2,
    }),
    configuration('generations run out: 3 lives, then the slot is retired', {
      ...handles(5),
      ...{ GENERATION_BITS: 2, OPS: size(1, 3), TRIES: 2, FREERS: 1 },
    }),
    configuration('attachments: 2 envs and an opener, frees, 1 recycle', {
      ...attachments,
      ...{ FREERS: size(1, 2), BACKGROUND: size('NONE', 'ANY') },
    }),
    configuration('envs that die with enters in hand: 2 envs x 2 enters, a freer', {
      ...attachments,
      ...handles(size(1, 2)),
      ...{ STEPS: 2, FREERS: 1 },
    }),
    configuration('family: a parent, an adopter, a freer, an op', {
      ...family,
      ...{ ADOPTERS: 1, FREERS: 1, OPS: 1, TRIES: size(1, 2) },
    }),
    configuration(
      `family: two adopters and ${size('no free but', 'a freer beside')} that of the last detach`,
      {
        ...family,
        ...{ SLOTS: 3, ADOPTERS: 2, FREERS: size(0, 1), BACKGROUND: size('NONE', 'ANY') },
      },
    ),
    configuration('family: two adopters and one slot for their children', {
      ...family,
      ...{ SLOTS: 2, ADOPTERS: 2, FREERS: size(0, 1) },
    }),
    configuration(
      `stripes: 2 ops x ${size(1, 2)} tries, 2 freers, 1 recycle, time-outs, ${size('1 stripe', '2 stripes')}`,
      { ...striped, TRIES: size(1, 2), STRIPES: size(1, 2) },
    ),
    configuration('stripes: 2 ops that extend themselves, 2 freers, 2 stripes', {
      ...striped,
      ...handles(1),
      ...{ STRIPES: 2, EXTENDS: '' },
    }),
    configuration('liveness: 3 ops that try for ever, 2 freers, fair scheduling', {
      ...handles(size(2, 3)),
      ...endless,
      OPS: 3,
    }),
  ];
}

/** Where mutants are looked for: the cheapest that may show them. */
export const grounds = {
  small: configuration('2 ops, 2 freers, 1 recycle', { ...handles(2), OPS: 2, TRIES: 2, FREERS: 2 }),
  retire: configuration('generations run out', {
    ...handles(5),
    ...{ GENERATION_BITS: 2, OPS: 1, TRIES: 2, FREERS: 1 },
  }),
  envs: configuration('2 envs, a freer', { ...attachments, ...handles(1), STEPS: 2, FREERS: 1 }),
  stripes: configuration('2 ops, 2 freers, 1 recycle, 1 stripe', striped),
  stripes2: configuration('2 ops, 2 freers, 2 stripes', { ...striped, ...handles(1), STRIPES: 2 }),
  extends: configuration('2 ops that extend themselves, a freer, 1 stripe', {
    ...striped,
    ...{ ...handles(1), FREERS: 1, EXTENDS: '' },
  }),
  family: configuration('a parent, an adopter, a freer', { ...family, ADOPTERS: 1, FREERS: 1 }),
  // Deaf to demands and to the end, so that only the formula can kill.
  live: configuration('liveness', { ...handles(2), ...endless, OPS: 2 }, { flags: ['-A', '-E'] }),
};
