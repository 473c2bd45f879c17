// The same load on a bus in a directory, by this thread and by a process of pure Go.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Bus } from '../../lib/bus/index.mjs';
import { EVENT_BYTES } from './stage.mjs';

const BATCH = 1000;
const IN_FLIGHT = 4; // batches
const TAKEN = 1024; // events in a list

/** Opens a bus in a directory, for this thread. Each load is for n events. */
export async function openHere(dir) {
  const bus = await Bus.open({ dir });
  const topic = await bus.topic('load');
  const event = new Uint8Array(EVENT_BYTES);
  const list = Array(BATCH).fill(event);
  return {
    async batches(n) {
      let left = n;
      const publish = async () => {
        while (left > 0) {
          const count = Math.min(left, BATCH);
          left -= count;
          await topic.publishBatch(count < BATCH ? list.slice(0, count) : list);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, publish));
    },
    async singles(n) {
      for (let i = 0; i < n; i++) await topic.publish(event);
    },
    async take(n) {
      let [count, bytes] = [0, 0];
      for await (const events of await topic.subscribe({ from: 'first', batch: TAKEN })) {
        for (const { data } of events) bytes += data.length;
        count += events.length;
        if (count >= n) break;
      }
      if (bytes !== count * EVENT_BYTES) throw new Error(`${bytes} bytes in ${count} events`);
    },
    close: () => bus.free(),
  };
}

/** The same, for the program of bus/cmd/busload. */
export function openThere(program, dir) {
  const child = spawn(program, [dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const load = (name) => async (n) => {
    child.stdin.write(`${name} ${n}\n`);
    const { value } = await lines.next();
    if (value !== 'ok') throw new Error(`busload failed at '${name} ${n}'`);
  };
  return {
    batches: load('batches'),
    singles: load('singles'),
    take: load('take'),
    async close() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
