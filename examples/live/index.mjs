// Publishes what comes on standard input, line by line, for all browsers to see.
// ping localhost | node index.mjs [DIR]

import { randomUUID } from 'node:crypto';
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

process.once('SIGINT', async () => {
  await server.close();
  await bus.free();
  process.exit();
});

for await (const line of createInterface(process.stdin)) await topic.publish(line);
