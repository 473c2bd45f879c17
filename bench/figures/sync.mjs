// Calls that run on the JS thread.

import { openSync, readSync } from 'node:fs';
import { Guard, MappedFile } from '../../index.mjs';
import { loadVariant } from '../addons.mjs';
import { takeTurns } from '../timing.mjs';

const turns = { batch: 20_000, rounds: 100 };

export async function enterLeave() {
  const guard = new Guard();
  const { empty } = (await loadVariant('test')).native;
  const ours = (n) => {
    for (let i = 0; i < n; i++) {
      guard.tryEnter();
      guard.leave();
    }
  };
  const rival = (n) => {
    for (let i = 0; i < n; i++) {
      empty();
      empty();
    }
  };
  return takeTurns({ ours, rival }, turns);
}

/** A method of a guarded handle against the same one in the build without the guard. */
async function againstUnguarded(name) {
  const [guarded, unguarded] = [await loadVariant('test'), await loadVariant('unguarded-test')];
  return takeTurns({ ours: guarded.loops[name], rival: unguarded.loops[name] }, turns);
}

export const noOp = () => againstUnguarded('value');
export const number = () => againstUnguarded('number');

/** A function against a Node-API call that does nothing. */
async function againstEmpty(name) {
  const { native, loops } = await loadVariant('test');
  const { empty } = native;
  const rival = (n) => {
    for (let i = 0; i < n; i++) empty();
  };
  return takeTurns({ ours: loops[name], rival }, turns);
}

export const string = () => againstEmpty('string');
export const bytes = () => againstEmpty('bytes');

export async function read() {
  const file = await MappedFile.open(process.execPath);
  const fd = openSync(process.execPath);
  const ours = (n) => {
    for (let i = 0; i < n; i++) file.read(4096, 128);
  };
  const rival = (n) => {
    for (let i = 0; i < n; i++) readSync(fd, Buffer.allocUnsafe(128), 0, 128, 4096);
  };
  return takeTurns({ ours, rival }, { ...turns, batch: 5000 });
}
