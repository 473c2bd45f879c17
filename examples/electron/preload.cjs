'use strict';

// The preload script: an environment of Node in the page's process. It ends with the page, at each reload too.

const { contextBridge, ipcRenderer } = require('electron');
const { keepForNextPage, openPageFile } = require('./page-file.cjs');
const { follow } = require('./ports.cjs');

const opened = open();

async function open() {
  const { path, last } = await ipcRenderer.invoke('page-file');
  const { file, kept } = await openPageFile(path, last);
  await ipcRenderer.invoke('page-opened', { pid: process.pid, token: file.token });
  // Nothing needs to be sent while the page goes: the main process has the token already.
  window.addEventListener('pagehide', () => keepForNextPage(file));
  return { file, kept };
}

/** @type {(events: { seq: number, time: number, text: string }[]) => void} */
let onEvents = () => {};
/** @type {((text: string) => void) | undefined} */
let publish;

ipcRenderer.on('events', ({ ports: [port] }) => {
  publish = follow(port, (events) => onEvents(events));
});

// No handle goes to the page, nor a token: what it can do is what is listed here.
contextBridge.exposeInMainWorld('app', {
  /** @param {string} text */
  count: async (text) => (await opened).file.count(text),
  info: async () => {
    const { file, kept } = await opened;
    return { size: file.size, kept, pid: process.pid };
  },
  /** @param {typeof onEvents} callback */
  follow: (callback) => {
    onEvents = callback;
  },
  /** @param {string} text */
  publish: (text) => publish?.(text),
});
