// The main process. It owns the bus, whose directory one process at a time may have open, and a mapped file.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { app, BrowserWindow, ipcMain, MessageChannelMain, utilityProcess } from 'electron';
import { freeAll, handles, MappedFile } from 'quiesce';
import { Bus } from 'quiesce/bus';
import { serve } from './ports.cjs';

/** @type {(name: string) => string} */
const local = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Where the file of the last page is: `openPageFile()` of page-file.cjs makes use of it.
 * @type {{ pid: number, token: number } | null}
 */
let lastPage = null;

/** What the app has open. It is kept here, for a handle whose last wrapper is collected is freed. */
const opened = {};

if (app.requestSingleInstanceLock())
  app.whenReady().then(start); // a second instance could not open the directory
else app.quit();

async function start() {
  const file = await MappedFile.open(process.execPath);
  const bus = await Bus.open({ dir: path.join(app.getPath('userData'), 'events') });
  const events = await bus.topic('events', { maxEvents: 10_000 });
  Object.assign(opened, { file, bus, events });
  await events.publish(`main ${process.pid}: mapped ${file.size} bytes`);

  ipcMain.handle('page-file', () => ({ path: process.execPath, last: lastPage }));
  ipcMain.handle('page-opened', (_event, page) => {
    lastPage = page;
  });
  app.on('window-all-closed', () => app.quit());
  app.once('will-quit', (event) => {
    event.preventDefault();
    finish();
  });

  startThread(file, events);
  startUtility(events);
  openWindow(events);
}

/**
 * A thread of this process attaches by tokens, as anywhere in Node.
 * @param {MappedFile} file
 * @param {import('quiesce/bus').Topic} events
 */
function startThread(file, events) {
  new Worker(local('thread.mjs'), { workerData: { file: file.token, events: events.token } });
}

/**
 * A utility process is a process of its own: a token means nothing there. It gets a path, and a port to the bus.
 * @param {import('quiesce/bus').Topic} events
 */
function startUtility(events) {
  const { port1, port2 } = new MessageChannelMain();
  serve(events, port1);
  utilityProcess.fork(local('utility.mjs')).postMessage({ path: process.execPath }, [port2]);
}

/** @param {import('quiesce/bus').Topic} events */
function openWindow(events) {
  const window = new BrowserWindow({
    width: 900,
    height: 600,
    // A sandboxed preload has no native addons. The page itself has no Node at all.
    webPreferences: { preload: local('preload.cjs'), sandbox: false, contextIsolation: true },
  });
  window.webContents.on('did-finish-load', () => {
    // After each load a new channel: that of the page before has closed with it, and its subscription with that.
    const { port1, port2 } = new MessageChannelMain();
    serve(events, port1, { from: 'first' });
    window.webContents.postMessage('events', null, [port2]);
  });
  window.loadFile(local('page/index.html'));
}

/** What is still buffered is written, and the directory let go of. */
async function finish() {
  const { timedOut } = await freeAll({ deadline: 2000 });
  if (timedOut > 0) console.error('Still in use:', handles());
  app.exit(timedOut > 0 ? 1 : 0);
}
