'use strict';

/** Whether QUIESCE_TRACE=1: handles remember where they were opened, and time-outs warn. */
const tracing = process.env.QUIESCE_TRACE === '1';

/** The stack of whoever called the function `above`. */
function siteOf(above) {
  const at = {};
  Error.captureStackTrace(at, above);
  if (typeof at.stack !== 'string') return ''; // somebody has an Error.prepareStackTrace of his own
  return at.stack.slice(at.stack.indexOf('\n') + 1);
}

module.exports = { siteOf, tracing };
