// Has `electron` resolve to the stand-in: node --import ./stand-ins/hooks.mjs FILE

import { register } from 'node:module';

const source = `export const resolve = (name, context, next) =>
  name === 'electron' ? { url: ${JSON.stringify(new URL('electron.mjs', import.meta.url).href)}, shortCircuit: true }
    : next(name, context);`;

register(`data:text/javascript,${encodeURIComponent(source)}`);
