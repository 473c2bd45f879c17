// A thread of the main process. It attaches to what the main process has opened: the same mapping, the same bus.

import { workerData } from 'node:worker_threads';
import { MappedFile } from 'quiesce';
import { Topic } from 'quiesce/bus';

try {
  const file = MappedFile.attach(workerData.file);
  const events = Topic.attach(workerData.events);
  const count = await file.count('electron');
  await events.publish(`thread of main ${process.pid}: 'electron' ${count} times, through the token`);
} catch (error) {
  if (/** @type {{ code?: string }} */ (error).code !== 'ERR_HANDLE_FREED') throw error; // the app ends
}
