'use strict';

// What the sanitizers watch besides the test files: workers that come and go, and use each other's handles. Threads
// bind guards while others read their ledgers; envs end with calls under way; results are too large for a stack.
// workload.cjs FOLDER ROUNDS: FOLDER is a copy of this package that has the sanitized addons.

const path = require('node:path');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

if (isMainThread) drive(process.argv[2], Number(process.argv[3]));
else work(workerData);

function load(folder) {
  const quiesce = require(path.join(folder, 'index.js'));
  const { loadTestAddon } = require(path.join(folder, 'test', 'support', 'addon.js'));
  return { Guard: quiesce.Guard, handles: quiesce.handles, ...loadTestAddon() };
}

/** Each round: handles for all, two workers that end in different ways, and everything freed under them. */
async function drive(folder, rounds) {
  const { Guard, Counter, Sleeper, handles } = load(folder);
  const sum = { calls: 0, envs: 1, refused: 0 };
  for (let round = 0; round < rounds; round++) {
    const open = [new Guard(), Counter.open(1), Sleeper.open()];
    const tokens = open.map(({ token }) => token);
    const ways = [round % 2 === 0 ? 'terminate' : 'exit', 'end'];
    const workers = ways.map((way) => new Worker(__filename, { workerData: { folder, tokens, way } }));
    const tallies = workers.map((each) => tallyOf(each));
    await Promise.all(workers.map((each) => new Promise((resolve) => each.once('message', resolve))));
    for (let i = 0; i < 100; i++) {
      handles(); // reads the ledgers of the workers
      if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (ways[0] === 'terminate') await workers[0].terminate();
    await Promise.all(open.map((each) => each.free({ deadline: 10_000 })));
    for (const tally of await Promise.all(tallies)) {
      sum.envs += 2; // each worker has one in either addon
      sum.calls += tally.calls;
      sum.refused += tally.refused;
    }
  }
  console.log(JSON.stringify(sum));
}

/** What a worker has counted last, when it has ended. */
function tallyOf(worker) {
  let tally = { calls: 0, refused: 0 };
  worker.on('message', (message) => {
    tally = message;
  });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => resolve(tally));
  });
}

/** Uses the handles until they are freed; then it ends as it was told, with calls under way. */
async function work({ folder, tokens, way }) {
  const kit = load(folder);
  const tally = { calls: 0, refused: 0 };
  parentPort.postMessage(tally);
  for (let i = 0; i < 40 && tally.refused === 0; i++) {
    const uses = [useGuard(kit, tokens[0], tally), useCounter(kit, tokens[1], tally)];
    for (const { status } of await Promise.allSettled(uses)) if (status === 'rejected') tally.refused++;
    parentPort.postMessage(tally);
  }
  const own = kit.Sleeper.open();
  for (let i = 0; i < 20; i++) own.sleep(i < 10 ? i : 2 ** 40).catch(() => {});
  for (let i = 0; i < 20; i++) kit.Echo.bytesOfAsync(5000).catch(() => {});
  new kit.Guard().tryEnter(); // the end of the env gives it back
  tally.calls += 43;
  parentPort.postMessage(tally);
  if (way === 'end') await own.free();
  if (way === 'exit') process.exit();
  if (way === 'terminate') setInterval(() => {}, 1000);
}

/** Binds, enters and leaves; guards of its own that nobody else ever sees make the ledger grow and shrink. */
async function useGuard({ Guard }, token, tally) {
  const guard = Guard.attach(token);
  for (let i = 0; i < 500; i++) {
    if (guard.tryEnter()) guard.leave();
    tally.calls += 2;
  }
  guard.detach();
  const list = Array.from({ length: 10 }, () => new Guard());
  for (const each of list) each.run(() => {});
  await Promise.all(list.map((each) => each.free()));
  tally.calls += 2 + 4 * list.length;
}

/** Calls with arguments and results of all sizes, sync and async, that succeed and that fail. */
async function useCounter({ Counter, Echo }, token, tally) {
  const counter = Counter.attach(token);
  const child = counter.child('child'.repeat(200));
  counter.add(1);
  child.name();
  const calls = [counter.addAsync(1), child.addFromAsync(counter), counter.childAsync('x')];
  calls.push(Echo.bytesOfAsync(5000), Echo.stringOfAsync(2000), Echo.sumAsync(Buffer.alloc(3000)));
  calls.push(Echo.zeroAsync('nothing').catch(() => {})); // an error, whose text comes from Go
  const settled = await Promise.allSettled(calls);
  counter.detach();
  tally.calls += 5 + calls.length;
  for (const { reason } of settled) if (reason) throw reason;
}
