// What a worker of the pool does: one search of the file that all of them share, and a note of it in the topic.

import { threadId } from 'node:worker_threads';
import { MappedFile } from 'quiesce';
import { Topic } from 'quiesce/bus';

const attached = new Map(); // token -> wrapper, for as long as this worker lives

/** A worker attaches once, at its first task, and not at each. */
function attach(Class, token) {
  if (!attached.has(token)) attached.set(token, Class.attach(token));
  return attached.get(token);
}

/**
 * Counts a pattern. The answer is { count } or { code }: an error that goes through Piscina's postMessage() arrives
 * without its code.
 */
export default async function search({ file, notes, pattern }) {
  try {
    const count = await attach(MappedFile, file).count(pattern);
    await attach(Topic, notes).publish(JSON.stringify({ pattern, count, threadId }));
    return { count };
  } catch (error) {
    if (error.code !== 'ERR_HANDLE_FREED') throw error;
    return { code: error.code };
  }
}
