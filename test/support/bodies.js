'use strict';

// Test code that runs elsewhere, as a function: it is sent as its source, so it sees nothing but its arguments,
// the kit (kit.js) and a piece of data.

const process = require('./process.js');

function scriptOf(body, data) {
  return `return (${body})(require(${JSON.stringify(require.resolve('./kit.js'))}), ${data});`;
}

/** Runs a body in a child process, which may crash or hang; see runScript. `data` is sent as JSON. */
function runChild(body, { data, ...options } = {}) {
  return process.runScript(scriptOf(body, JSON.stringify(data)), options);
}

/** The same for one that must end well, or with `code`; `result` is the JSON on the last line of its output. */
async function expectChild(body, { data, ...options } = {}) {
  const ended = await process.expectExit(scriptOf(body, JSON.stringify(data)), options);
  const line = ended.stdout.trimEnd().split('\n').at(-1);
  return { ...ended, result: line && JSON.parse(line) };
}

/** Starts a body in a worker. */
function startWorker(body, data, options) {
  return process.startWorker(scriptOf(body, 'workerData'), { workerData: data, ...options });
}

module.exports = { expectChild, runChild, startWorker };
