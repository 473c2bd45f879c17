'use strict';

// Events as they are read: each is a place in a page, and its parts are made when they are asked for. The layout is
// that of bus/internal/record.

const { inspect } = require('node:util');

const HEADER = 32;

// The class behind Buffer, as typed arrays ask for it. Its constructor takes the bytes of an ArrayBuffer as they are:
// an event's data by Buffer.prototype.subarray() cost twice as much, most of it to find that ArrayBuffer again.
const species = Buffer[Symbol.species];
const isSpecies = Object.getPrototypeOf(new species(new ArrayBuffer(8), 0, 8)) === Buffer.prototype;
const bufferOf = isSpecies
  ? (memory, start, length) => new species(memory, start, length)
  : (memory, start, length) => Buffer.from(memory, start, length);

/** Records as they came from Go. `member` acks and naks their events; undefined where no group is behind them. */
class Page {
  constructor(bytes, member, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.memory = bytes.buffer;
    this.offset = bytes.byteOffset;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.member = member;
    this.at = start;
    this.end = end;
  }

  get isDone() {
    return this.at === this.end;
  }

  /** The next event; there must be one. */
  next() {
    const { at } = this;
    this.at = at + this.view.getUint32(at, true);
    return makeEvent(this, at);
  }

  /** The events that are left, up to `most`. */
  take(most) {
    const events = [];
    while (this.at < this.end && events.length < most) events.push(this.next());
    return events;
  }
}

let making = false;
let makeEvent;
let memberOf; // the subscription that is to ack an event; undefined where no group is behind it

class BusEvent {
  #page;
  #at;
  #data;
  #rest; // { time, headers } once someone has looked at one of them

  static {
    memberOf = (event) => event.#page.member;
    makeEvent = (page, at) => {
      making = true;
      return new BusEvent(page, at);
    };
  }

  constructor(page, at) {
    if (!making) throw new TypeError('Illegal constructor: events come from a Topic or a Subscription');
    making = false;
    this.#page = page;
    this.#at = at;
  }

  get seq() {
    return this.#page.view.getFloat64(this.#at + 8, true);
  }

  get time() {
    this.#rest ??= {};
    this.#rest.time ??= new Date(this.#page.view.getFloat64(this.#at + 16, true));
    return this.#rest.time;
  }

  get data() {
    if (this.#data === undefined) {
      const { view, memory, offset } = this.#page;
      const start = offset + this.#at + HEADER + view.getUint32(this.#at + 4, true);
      this.#data = bufferOf(memory, start, view.getUint32(this.#at + 24, true));
    }
    return this.#data;
  }

  get headers() {
    this.#rest ??= {};
    this.#rest.headers ??= this.#readHeaders();
    return this.#rest.headers;
  }

  /** How often the group has delivered this event by now; 0 without a group. */
  get deliveries() {
    return this.#page.view.getUint32(this.#at + 28, true);
  }

  text() {
    return this.data.toString('utf8');
  }

  json() {
    return JSON.parse(this.text());
  }

  ack() {
    return this.#member('ack').ack(this.seq);
  }

  nak(options) {
    return this.#member('nak').nak(this.seq, options);
  }

  toJSON() {
    const { seq, time, data, headers } = this;
    return { seq, time, data, headers };
  }

  [inspect.custom](depth, options) {
    if (!(#page in this)) return '[BusEvent prototype]';
    if (depth < 0) return options.stylize('[BusEvent]', 'special');
    const { deliveries } = this;
    const shown = deliveries > 0 ? { ...this.toJSON(), deliveries } : this.toJSON();
    return `BusEvent ${inspect(shown, options)}`;
  }

  #member(method) {
    const { member } = this.#page;
    if (member) return member;
    const error = new TypeError(`${method}() is for events of a subscription with a group`);
    error.code = 'ERR_NO_GROUP';
    throw error;
  }

  #readHeaders() {
    const { view, bytes } = this.#page;
    const start = this.#at + HEADER;
    const length = view.getUint32(this.#at + 4, true);
    if (length === 0) return {};
    const parts = bytes.toString('utf8', start, start + length - 1).split('\0');
    const pairs = [];
    for (let i = 0; i < parts.length; i += 2) pairs.push([parts[i], parts[i + 1]]);
    return Object.fromEntries(pairs);
  }
}

module.exports = { BusEvent, Page, memberOf };
