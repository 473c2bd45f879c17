// Does what a job says, and notes each attempt in a file.

import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export default async function handle({ name, notes, fails = 0, dies = 0, takes = 0 }, { attempt }) {
  appendFileSync(notes, `${JSON.stringify({ name, attempt, at: Date.now() })}\n`);
  if (attempt <= dies) process.exit(1); // ends the worker's thread
  if (attempt <= fails) throw new Error(`no luck\nthe ${attempt}. time`);
  await sleep(takes);
  appendFileSync(notes, `${JSON.stringify({ name, done: true })}\n`);
}
