// One worker: attaches to whatever handle is open and searches it, holds each answer against the truth, and
// each refusal against what the main thread has published. It tells of what must not be, and ends by itself.

import { parentPort, workerData } from 'node:worker_threads';
import { Board } from './board.mjs';

const { memory, number, library, truth } = workerData;
const { MappedFile } = await import(library);
const board = new Board(memory);

const LANES = 2; // ops that a worker has in flight at a time

// One op each: how it is called, what it must answer, and how many bytes it went through.
const count = {
  name: 'count',
  call: (file) => file.count(truth.pattern),
  isRight: (answer) => answer === truth.count,
  bytes: truth.size,
};

const indexOf = {
  name: 'indexOf',
  call: (file) => file.indexOf(truth.needle),
  isRight: (answer) => answer === truth.needleAt,
  bytes: truth.needleAt + truth.needle.length,
};

const lines = {
  name: 'lines',
  call: (file) => file.lines(0, truth.lines.length),
  isRight: (answer) =>
    answer.length === truth.lines.length && answer.every((line, i) => line === truth.lines[i]),
  bytes: truth.lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
};

const reads = truth.blocks.map(({ offset, bytes }) => ({
  name: 'read',
  call: (file) => file.read(offset, bytes.length),
  isRight: (answer) => answer.equals(bytes),
  bytes: bytes.length,
}));

const mix = [...reads.slice(0, 16), lines, count, ...reads.slice(16), lines, indexOf];
let turn = number; // so that workers do not all do the same

parentPort.postMessage({ kind: 'ready' });
for (let round = board.next(0); round > 0; round = board.next(round)) await searchRound(round);

async function searchRound(round) {
  const attach = {
    name: 'attach',
    call: () => MappedFile.attach(board.token(round)),
    isRight: isFile,
    bytes: 0,
  };
  const attached = await attempt(round, attach);
  if (!attached) return;
  await Promise.all(Array.from({ length: LANES }, () => searchUntilRefused(round, attached.answer)));
  attached.answer.detach();
}

function isFile(answer) {
  return answer instanceof MappedFile;
}

async function searchUntilRefused(round, file) {
  let answered = true;
  while (answered && !board.stopped) answered = await attempt(round, mix[turn++ % mix.length], file);
}

/** Makes one op: { answer }, or undefined if it was refused, for then the handle is being freed. */
async function attempt(round, op, file) {
  const late = board.mustRefuse(round);
  try {
    const answer = await op.call(file);
    if (!op.isRight(answer)) tell('wrong', op, `gave ${String(answer).slice(0, 80)}`);
    if (late) tell('entered', op, 'was let in after its free had begun');
    board.add(number, 'done', 1);
    board.add(number, 'bytes', op.bytes);
    return { answer };
  } catch (error) {
    if (error.code !== 'ERR_HANDLE_FREED') tell('error', op, `failed: ${error.message}`);
    else if (!board.mayRefuse(round)) tell('early', op, 'was refused before its free had begun');
    board.add(number, 'refused', 1);
    return undefined;
  }
}

/** Tells the main thread of what must not be. */
function tell(kind, op, what) {
  parentPort.postMessage({ kind, text: `${op.name} ${what}` });
}
