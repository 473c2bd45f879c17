// Stands in for Electron's module in the main process, for tests on plain Node: as much of it as main.mjs uses. A page
// is a worker here: an environment that a reload ends and makes anew in one process. A utility process is a process.

import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';

const local = (name) => fileURLToPath(new URL(name, import.meta.url));

class MessagePortMain extends EventEmitter {
  constructor(port) {
    super();
    this.port = port;
    port.on('close', () => this.emit('close'));
    port.pause?.();
  }
  start() {
    this.port.on('message', (data) => this.emit('message', { data, ports: [] }));
  }
  postMessage(message) {
    this.port.postMessage(message);
  }
  close() {
    this.port.close();
  }
}

export class MessageChannelMain {
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new MessagePortMain(port1);
    this.port2 = new MessagePortMain(port2);
  }
}

class App extends EventEmitter {
  whenReady = () => Promise.resolve();
  requestSingleInstanceLock = () => true;
  getPath = () => process.env.STAND_IN_USER_DATA;
  exit = (code) => process.exit(code);
  quit() {
    let isPrevented = false;
    this.emit('will-quit', {
      preventDefault: () => {
        isPrevented = true;
      },
    });
    if (!isPrevented) this.exit(0);
  }
}

export const app = new App();

const handlers = new Map();
export const ipcMain = { handle: (channel, handler) => handlers.set(channel, handler) };

export const windows = [];

export class BrowserWindow {
  constructor({ webPreferences }) {
    this.preload = webPreferences.preload;
    this.webContents = Object.assign(new EventEmitter(), {
      postMessage: (channel, message, [{ port }]) =>
        this.page.postMessage({ channel, message, port }, [port]),
      reload: () => this.reload(),
    });
    windows.push(this);
  }

  loadFile() {
    this.page = new Worker(local('page.cjs'), { workerData: this.preload });
    this.page.on('message', (message) => this.#answer(this.page, message));
    this.page.on('error', (error) => {
      throw error;
    });
  }

  async #answer(page, { id, channel, args, loaded }) {
    if (loaded) this.webContents.emit('did-finish-load');
    if (channel) page.postMessage({ id, result: await handlers.get(channel)({}, ...args) });
  }

  /** As a reload does: the page hears that it goes, its environment ends, and a new one is made. */
  async reload() {
    this.page.postMessage({ hide: true });
    await once(this.page, 'exit');
    this.loadFile();
  }

  /** Calls what the preload script has exposed, as the page does. */
  call(method, ...args) {
    const { page } = this;
    const id = Math.random();
    page.postMessage({ call: id, method, args });
    return new Promise((resolve, reject) => {
      const listener = ({ called, result, error }) => {
        if (called !== id) return;
        page.off('message', listener);
        if (error) reject(new Error(error));
        else resolve(result);
      };
      page.on('message', listener);
    });
  }
}

export const utilityProcess = {
  fork(modulePath) {
    const child = fork(modulePath, { execArgv: ['--import', new URL('utility.mjs', import.meta.url).href] });
    return {
      postMessage(data, [{ port }]) {
        port.on('message', (message) => child.send({ port: message }));
        child.on('message', (message) => port.postMessage(message));
        child.send({ data });
      },
    };
  },
};
