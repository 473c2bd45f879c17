// Progress on stderr: one line that is rewritten on a terminal, else a line every few seconds.

const INTERVAL = { terminal: 100, other: 5000 }; // ms

export class Progress {
  #stream = process.stderr;
  #last = 0;
  #shown = false;

  /** Shows a line, if it is time for one. */
  update(line) {
    const now = performance.now();
    if (now - this.#last < (this.#stream.isTTY ? INTERVAL.terminal : INTERVAL.other)) return;
    this.#last = now;
    this.#write(line);
  }

  /** Says what starts now. */
  begin(line) {
    this.#last = performance.now();
    this.#write(line);
  }

  /** Takes the line off a terminal. */
  end() {
    if (this.#shown && this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    this.#shown = false;
  }

  #write(line) {
    this.#shown = true;
    if (!this.#stream.isTTY) this.#stream.write(`${line}\n`);
    else this.#stream.write(`\r\x1b[K${line.slice(0, this.#stream.columns - 1)}`);
  }
}
