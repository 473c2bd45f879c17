'use strict';

// Calls of members. Those of async ones: whatever goes wrong rejects, and a signal aborts.

const { types } = require('node:util');
const { AbortError } = require('./errors.js');

let onAbort; // loaded with the first signal

/** Bytes in a bare SharedArrayBuffer, which Node-API cannot look into, become a view of it. */
function viewOfShared(value) {
  if (typeof value !== 'object' || ArrayBuffer.isView(value)) return value; // that it is not is cheap to find
  return types.isSharedArrayBuffer(value) ? new Uint8Array(value) : value;
}

function aborted(signal) {
  return new AbortError(undefined, undefined, { cause: signal.reason });
}

/** Calls an async member. A signal that has aborted already keeps the call from being made. */
function callAsync(native, member, args, signal) {
  if (signal?.aborted) return Promise.reject(aborted(signal));
  let promise;
  try {
    if (signal) onAbort ??= require('./signals.js').onAbort;
    promise = member(...args);
  } catch (error) {
    return Promise.reject(error);
  }
  return signal ? abortable(native, promise, signal) : promise;
}

async function abortable(native, promise, signal) {
  const call = native.lastCall();
  const abort = () => native.abort(call);
  let forget;
  try {
    forget = onAbort(signal, abort);
  } catch (error) {
    abort();
    promise.catch(() => {}); // nobody else hears of it
    throw error;
  }
  try {
    return await promise;
  } catch (error) {
    if (error.code === 'ABORT_ERR' && signal.aborted) throw aborted(signal);
    throw error;
  } finally {
    forget();
  }
}

module.exports = { callAsync, viewOfShared };
