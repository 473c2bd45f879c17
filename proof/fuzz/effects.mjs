// What a getter, an iterator or a callback does when it is called while arguments are read: all that could pull the
// ground from under the call.

const mostCollections = 5; // of one thread of a case

/** Memory that another thread writes to all the time; see child.mjs. */
export const common = new SharedArrayBuffer(70_000);

/** What hostile code of ours throws; to hear of it again is right. */
export class Planted extends Error {
  planted = true;
}

const quiet = (promise) => Promise.resolve(promise).catch(() => {});

const effects = {
  nothing() {},
  throw() {
    throw new Planted('by a getter');
  },
  free: (world, which) => quiet(world.handle(which)?.free?.({ deadline: 50 })),
  freeSync: (world, which) => world.handle(which)?.freeSync?.({ deadline: 5 }),
  detach: (world, which) => world.handle(which)?.detach?.(),
  share: (world, which) => world.handle(which)?.share?.({ ttl: 5 }),
  enter: (world, which) => world.handle(which)?.tryEnter?.(),
  transfer(world) {
    for (const buffer of world.buffers) structuredClone(buffer, { transfer: [buffer] });
  },
  resize(world) {
    for (const buffer of world.buffers) buffer.resize?.(world.buffers.length % 3);
  },
  abort(world) {
    for (const each of world.controllers) each.abort(new Planted('aborted'));
  },
  collect(world) {
    // A callback may come each ms: a thread that does nothing but collect garbage never gets to its end.
    if (world.collections++ < mostCollections) globalThis.gc();
  },
};

export const effectNames = Object.keys(effects);

/** Has one of them. Only `throw` throws: the others are to do what they can. */
export function effect(world, name, which) {
  if (name === 'throw') effects.throw();
  try {
    effects[name](world, which);
  } catch {}
}
