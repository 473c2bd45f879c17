// A Piscina pool whose workers search one mapped file. The pool's thread owns the handles; workers get their tokens.

import { Piscina } from 'piscina';
import { MappedFile } from 'quiesce';
import { Bus } from 'quiesce/bus';

const filename = new URL('./task.mjs', import.meta.url).href;

export class SearchPool {
  #bus;

  /** Maps the file at `path`. `workers` is their number at most; one that was idle for `idleTimeout` ms ends. */
  static async open(path, { workers = 4, idleTimeout = 100 } = {}) {
    const pool = new SearchPool();
    pool.file = await MappedFile.open(path);
    pool.#bus = await Bus.open();
    pool.notes = await pool.#bus.topic('notes');
    pool.piscina = new Piscina({ filename, minThreads: 0, maxThreads: workers, idleTimeout });
    return pool;
  }

  /**
   * How often the file has the pattern. When `signal` aborts, the promise rejects with Piscina's AbortError at once; a
   * task that runs ends with its worker. Rejects with the code ERR_HANDLE_FREED once the file was freed.
   */
  async search(pattern, { signal } = {}) {
    const task = { file: this.file.token, notes: this.notes.token, pattern };
    const { count, code } = await this.piscina.run(task, { signal });
    if (code) throw Object.assign(new Error('The file was freed'), { code });
    return count;
  }

  /** Frees the file under whoever searches it: the outcome. The workers live on, and refuse. */
  free(options) {
    return this.file.free(options);
  }

  /** Ends the workers, then frees what is left: the outcomes of the file and of the bus. */
  async close() {
    await this.piscina.destroy();
    return { file: await this.file.free(), bus: await this.#bus.free() };
  }
}
