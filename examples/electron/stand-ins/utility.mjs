// What is in a utility process before its script runs: process.parentPort, and the port that comes by it.

import { EventEmitter } from 'node:events';
import { isMainThread } from 'node:worker_threads';

class Port extends EventEmitter {
  start() {
    process.on('message', (message) => 'port' in message && this.emit('message', { data: message.port }));
  }
  postMessage(message) {
    process.send(message);
  }
}

if (isMainThread) {
  const parentPort = new EventEmitter();
  process.parentPort = parentPort;
  // As with Electron's, what comes before there is a listener waits for it.
  parentPort.once('newListener', () => {
    process.on('message', ({ data }) => data && parentPort.emit('message', { data, ports: [new Port()] }));
  });
}
