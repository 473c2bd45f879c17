'use strict';

// What an installed package is tried with on a platform: node smoke.cjs, in a project that has it. It tells what it found
// in result.json, which works where stdout does not, and exits with 1 if that is not what it should be.

const fs = require('node:fs');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { Guard, MappedFile, stats } = require('quiesce');
const { Bus } = require('quiesce/bus');

/** A worker that searches the file until it is freed: when it has begun, and what ended it. */
function search(token) {
  const worker = new Worker(__filename, { workerData: token });
  const messages = [];
  worker.on('message', (message) => messages.push(message));
  const begun = new Promise((done) => worker.once('message', done));
  const ended = new Promise((done) => worker.once('exit', () => done(messages.at(-1))));
  return { begun, ended };
}

async function freeUnderWorkers() {
  const file = await MappedFile.open(__filename);
  const workers = [search(file.token), search(file.token)];
  await Promise.all(workers.map((each) => each.begun));
  const outcome = await file.free();
  return [outcome, ...(await Promise.all(workers.map((each) => each.ended)))];
}

async function sendOneEvent() {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  await topic.publish('event');
  const subscription = await topic.subscribe({ from: 'first' });
  const { value } = await subscription[Symbol.asyncIterator]().next();
  return [value.text(), await bus.free()];
}

function useGuard() {
  const guard = new Guard();
  const entered = guard.tryEnter();
  guard.leave();
  return [entered, guard.freeSync(), guard.tryEnter()];
}

async function main() {
  const problems = [];
  const expect = (what, found, wanted) => {
    if (String(found) !== String(wanted)) problems.push(`${what}: ${found}`);
  };
  const freed = 'ERR_HANDLE_FREED';
  expect('a file freed under two workers', await freeUnderWorkers(), ['drained', freed, freed]);
  expect('an event', await sendOneEvent(), ['event', 'drained']);
  expect('a guard', useGuard(), [true, 'drained', false]);
  expect('live handles', stats().live, 0);
  const { arch, platform } = process;
  fs.writeFileSync('result.json', JSON.stringify({ platform, arch, problems }));
  process.exitCode = problems.length > 0 ? 1 : 0;
}

async function work() {
  const file = MappedFile.attach(workerData);
  parentPort.postMessage('begun');
  try {
    for (;;) await file.count('e');
  } catch (error) {
    parentPort.postMessage(error.code);
  }
}

if (isMainThread) main();
else work();
