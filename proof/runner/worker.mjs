/** The last message of a worker, when it has ended; rejects if it fails or says nothing. */
export function resultOf(worker) {
  return new Promise((resolve, reject) => {
    let result;
    worker.on('message', (message) => {
      result = message;
    });
    worker.on('error', reject);
    worker.on('exit', () => (result ? resolve(result) : reject(new Error('A worker ended early.'))));
  });
}
