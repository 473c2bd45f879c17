// Runs main.mjs on the stand-ins and does what a user would: looks, searches, reloads twice, and quits. It prints what
// it has seen, as JSON.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, windows } from 'electron';
import { handles, stats } from 'quiesce';
import '../main.mjs';

while (windows.length === 0) await sleep(5);
const [window] = windows;
await once(window.webContents, 'did-finish-load');

async function look() {
  const info = await window.call('info');
  return { ...info, count: await window.call('count', 'electron') };
}

/** What the page has seen, once these texts are there: since this run began, for the events of earlier ones are kept. */
async function eventsWith(texts) {
  for (;;) {
    const seen = await window.call('seen');
    const begun = seen.findIndex(({ text }) => text.startsWith(`main ${process.pid}`));
    const mine = begun < 0 ? [] : seen.slice(begun);
    if (texts.every((part) => mine.some(({ text }) => text.startsWith(part)))) return seen;
    await sleep(10);
  }
}

const pages = [await look()];
for (let i = 0; i < 2; i++) {
  const loaded = once(window.webContents, 'did-finish-load');
  await window.webContents.reload();
  await loaded;
  pages.push(await look());
}
await window.call('publish', 'from the page');
const seen = await eventsWith(['thread of main', 'utility', 'from the page']);

const open = handles().map((handle) => handle.class);
process.on('exit', () => {
  const { live } = stats();
  console.log(JSON.stringify({ pages, open, live, seen: seen.map(({ text }) => text), pid: process.pid }));
});
app.emit('window-all-closed');
