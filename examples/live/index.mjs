// Publishes what comes on standard input, line by line, for all browsers to see.
// ping localhost | node index.mjs [DIR]

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Bus } from 'quiesce/bus';
import { serve } from './server.mjs';

const [dir] = process.argv.slice(2);
const bus = await Bus.open(dir ? { dir } : {});
const topic = await bus.topic('live', { maxEvents: 10_000 });
const server = await serve(topic, {
  run: dir ? 'kept' : randomUUID(),
  port: Number(process.env.PORT ?? 8080),
});
console.log(`http://127.0.0.1:${server.port}/ shows the lines that you type; Ctrl-C ends it.`);

const input = createInterface(process.stdin);
let isOver = false;
const interrupt = once(process, 'SIGINT').then(() => {
  isOver = true;
  input.close();
});

for await (const line of input) {
  if (isOver) break; // of what was read ahead
  await topic.publish(line);
}
await interrupt; // the end of the input is not that of the server
await server.close();
await bus.free();
