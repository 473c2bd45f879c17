// How a group that delivers at least once gives a count that is exact.
//
// A worker that dies between publishing a result and acking its events leaves them to others, who count them again.
// They do not get them in the same lists: so a result may be of events some of which are in an earlier one. Every
// result therefore names its events by their numbers, and a single reader, the Fold, keeps which it has. What a result
// has in common with earlier ones is a matter of numbers alone, and does not depend on who was killed when:
//
// - none of its events is known: it is added as it is;
// - all of them are known: it is left out;
// - some are known: its sums cannot be told apart. The events that are not known are read again from the topic, and
//   counted here. They are there still: publishers never get so far ahead of the count that the topic's limits would
//   remove what is not counted.

import { addWords } from './words.mjs';

/** The result of a list of events: { data, id } to publish. The same events in the same order give the same id. */
export function writeResult(events) {
  const words = new Map();
  const latencies = [];
  const now = process.hrtime.bigint();
  let bytes = 0;
  for (const event of events) {
    addWords(words, event.text());
    bytes += event.data.length;
    const { sent } = event.headers;
    if (sent) latencies.push(Number((now - BigInt(sent)) / 1000n)); // us
  }
  const ranges = rangesOf(events.map((event) => event.seq));
  return { data: JSON.stringify({ ranges, bytes, words: [...words], latencies }), id: ranges.join() };
}

/** Numbers as a flat list of firsts and lasts: 1, 2, 3, 7 is [1, 3, 7, 7]. */
function rangesOf(seqs) {
  const ranges = [];
  for (const seq of seqs) {
    if (ranges.at(-1) === seq - 1) ranges[ranges.length - 1] = seq;
    else ranges.push(seq, seq);
  }
  return ranges;
}

function* seqsOf(ranges) {
  for (let i = 0; i < ranges.length; i += 2) {
    for (let seq = ranges[i]; seq <= ranges[i + 1]; seq++) yield seq;
  }
}

/** What the numbers of events are that it was given. They come more or less in order, so that it stays small. */
class Known {
  #all = 0; // every number up to this one
  #more = new Set(); // above it

  has(seq) {
    return seq <= this.#all || this.#more.has(seq);
  }

  add(seq) {
    this.#more.add(seq);
    while (this.#more.delete(this.#all + 1)) this.#all++;
  }
}

/** Adds results up. `read(seq)` gives the event of a number. */
export class Fold {
  words = new Map();
  events = 0;
  bytes = 0;
  repeated = 0; // events in results that were known already
  #known = new Known();
  #read;

  constructor(read) {
    this.#read = read;
  }

  /** Adds a result, and returns its latencies, in us. Its calls must not overlap. */
  async add(data) {
    const { ranges, bytes, words, latencies } = JSON.parse(data);
    const seqs = [...seqsOf(ranges)];
    const fresh = seqs.filter((seq) => !this.#known.has(seq));
    this.repeated += seqs.length - fresh.length;
    if (fresh.length === seqs.length) this.#addSums(words, bytes);
    else await this.#recount(fresh);
    for (const seq of fresh) this.#known.add(seq);
    this.events += fresh.length;
    return fresh.length > 0 ? latencies : [];
  }

  #addSums(words, bytes) {
    for (const [word, n] of words) this.words.set(word, (this.words.get(word) ?? 0) + n);
    this.bytes += bytes;
  }

  async #recount(seqs) {
    for (const seq of seqs) {
      const event = await this.#read(seq);
      addWords(this.words, event.text());
      this.bytes += event.data.length;
    }
  }
}
