// The live view: on the terminal's other screen, drawn anew each second and when its size changes.

import { onInterrupt } from '../run.mjs';
import { viewOf } from './view.mjs';

const INTERVAL = 1000;
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'; // the other screen, no cursor, no line that wraps
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

/** Shows what `look()` resolves to until the user ends it. Rejects when `look()` does. */
export async function showLive(look, { stdin, stdout }) {
  let seen;
  const draw = () => {
    const { columns, rows } = stdout;
    const lines = [...viewOf(seen, { columns, rows: rows - 1 }), "'q' ends this."];
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  };
  seen = await look(); // before the screen is changed: it may fail
  const ended = untilEnd(stdin);
  const leave = () => stdout.write(LEAVE);
  process.once('exit', leave); // whatever ends this process
  stdout.write(ENTER);
  stdout.on('resize', draw);
  try {
    while (!ended.is) {
      draw();
      await Promise.race([ended.promise, new Promise((resolve) => setTimeout(resolve, INTERVAL))]);
      if (!ended.is) seen = await look();
    }
  } finally {
    stdout.off('resize', draw);
    ended.forget();
    process.off('exit', leave);
    leave();
  }
}

/** When the user wants no more: a key, or a signal. */
function untilEnd(stdin) {
  const state = { is: false };
  state.promise = new Promise((resolve) => {
    const end = () => {
      state.is = true;
      resolve();
    };
    const onKey = (bytes) => {
      if ([...bytes].some((key) => 'qQ\x03\x04'.includes(key))) end(); // Ctrl-C and Ctrl-D too
    };
    const release = onInterrupt(end);
    const isTTY = stdin.isTTY;
    if (isTTY) stdin.setRawMode(true).setEncoding('latin1').on('data', onKey).resume();
    state.forget = () => {
      release();
      if (isTTY) stdin.off('data', onKey).setRawMode(false).pause();
    };
  });
  return state;
}
