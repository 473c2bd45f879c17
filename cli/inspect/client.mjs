// A connection to the inspector of a process: lines of JSON, see docs/diagnostics.md.

import { once } from 'node:events';
import net from 'node:net';
import place from '../../lib/inspect/place.js';
import { Failure } from '../run.mjs';
import { plain } from './words.mjs';

const PATIENCE = 5000; // ms for an answer: the inspector is never blocked, but its machine may be busy
const MAX_LINE = 64 << 20; // bytes of an answer

/** The process has ended, or its inspector. */
export class Ended extends Failure {
  exitCode = 3;
}

export class Client {
  #socket;
  #tellEnded;

  /** Resolves to an Ended when there is nobody to be asked any more. */
  ended = new Promise((resolve) => {
    this.#tellEnded = resolve;
  });

  #waiting = []; // for lines, in order
  #rest = [];
  #length = 0;
  #error;

  /** Connects, and checks that what answers there is an inspector. Rejects with the system's error, or a Failure. */
  static async connect(path) {
    const client = new Client();
    client.#socket = net.connect(path);
    await once(client.#socket, 'connect');
    client.#listen();
    client.hello = await client.#line();
    if (client.hello?.quiesce !== 'inspect') {
      client.close();
      throw new Failure(`What answers at ${path} is no inspector.`);
    }
    if (client.hello.protocol !== place.PROTOCOL) {
      client.close();
      throw new Failure(
        `The process has Quiesce ${plain(client.hello.version)}, whose inspector speaks protocol ` +
          `${plain(client.hello.protocol)}; ` +
          `this command speaks ${place.PROTOCOL}. Use the one of that version.`,
      );
    }
    return client;
  }

  /** Asks for `get`, with whatever goes with it, and resolves to the answer. Rejects with Ended when it is gone. */
  async ask(get, options) {
    this.#socket.write(`${JSON.stringify({ get, ...options })}\n`);
    const answer = await this.#line();
    if (answer.error !== undefined) throw new Failure(`The inspector refused: ${plain(answer.error)}.`);
    return answer[get];
  }

  close() {
    this.#socket.destroy();
  }

  #listen() {
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text) => this.#take(text));
    this.#socket.on('error', () => {}); // 'close' follows
    this.#socket.on('close', () => this.#end(new Ended('The process has ended.')));
  }

  #take(text) {
    this.#rest.push(text);
    this.#length += text.length;
    if (this.#length > MAX_LINE) this.close();
    if (!text.includes('\n')) return;
    const lines = this.#rest.join('').split('\n');
    this.#rest = [lines.pop()];
    this.#length = this.#rest[0].length;
    for (const line of lines) this.#waiting.shift()?.resolve(line);
  }

  #end(error) {
    this.#error = error;
    this.#tellEnded(error);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  async #line() {
    if (this.#error) throw this.#error;
    const { promise, ...waiting } = withResolvers();
    this.#waiting.push(waiting);
    const timer = setTimeout(() => waiting.reject(new Failure('The inspector does not answer.')), PATIENCE);
    try {
      return JSON.parse(await promise);
    } catch (err) {
      if (err instanceof SyntaxError) throw new Failure('What answers there is no inspector.');
      throw err;
    } finally {
      clearTimeout(timer);
    }
  }
}

function withResolvers() {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}
