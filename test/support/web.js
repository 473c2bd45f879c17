'use strict';

// `quiesce inspect --web`, while it runs.

const { once } = require('node:events');
const { startQuiesce } = require('./cli.js');
const { eventually } = require('./wait.js');

/** Starts it for a pid or socket: { url, origin, child, ended, stop() }. */
async function startWeb(target, { env, args = [] } = {}) {
  const { child, ended } = startQuiesce(['inspect', `${target}`, '--web', ...args], { env });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  await Promise.race([eventually(() => /^http:.*\n/.test(said)), once(child, 'close')]);
  const [url] = said.split('\n');
  if (!url) throw new Error(`It serves nothing: ${JSON.stringify(await ended)}`);
  const stop = async () => {
    child.kill('SIGINT');
    return ended;
  };
  return { url, origin: new URL(url).origin, child, ended, stop };
}

module.exports = { startWeb };
