// A utility process: it maps the file for itself. The system has its pages in memory once, for all processes.

import { follow } from './ports.cjs';
import { survey } from './survey.mjs';

process.parentPort.once('message', async ({ data, ports: [port] }) => {
  const publish = follow(port, () => {}); // it only posts
  const counts = await survey(data.path, ['Buffer', 'Promise', 'utility']);
  publish(`utility ${process.pid}: ${JSON.stringify(counts)}, by threads with tokens of its own`);
});
