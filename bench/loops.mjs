// What is called again and again. addons.mjs imports this once for each variant.

const text = 'sixteen letters!';
const bytes = new Uint8Array(128).fill(1);

/** Functions that make n calls, by name. */
export function makeLoops(Counter, Echo) {
  const counter = Counter.open();
  return {
    value: (n) => {
      for (let i = 0; i < n; i++) counter.value();
    },
    number: (n) => {
      for (let i = 0; i < n; i++) counter.add(1);
    },
    string: (n) => {
      for (let i = 0; i < n; i++) Echo.string(text);
    },
    bytes: (n) => {
      for (let i = 0; i < n; i++) Echo.sum(bytes);
    },
    oneAtATime: async (n) => {
      for (let i = 0; i < n; i++) await counter.addAsync(1);
    },
    atOnce: (n) => Promise.all(Array.from({ length: n }, () => counter.addAsync(1))),
    openFree: (n) => {
      for (let i = 0; i < n; i++) Counter.open().freeSync();
    },
  };
}
