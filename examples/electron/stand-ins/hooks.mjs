// Has `electron` resolve to the stand-in: node --import ./stand-ins/hooks.mjs FILE

import * as module from 'node:module';

const url = new URL('electron.mjs', import.meta.url).href;

if (module.registerHooks) {
  module.registerHooks({
    resolve: (name, context, next) =>
      name === 'electron' ? { url, shortCircuit: true } : next(name, context),
  });
} else {
  // Node before 22.15 has the other way only, which Node 26 warns of.
  const source = `export const resolve = (name, context, next) =>
    name === 'electron' ? { url: ${JSON.stringify(url)}, shortCircuit: true } : next(name, context);`;
  module.register(`data:text/javascript,${encodeURIComponent(source)}`);
}
