'use strict';

// Events that are published, as the batch of records that bus/internal/record describes.

const { isAnyArrayBuffer, isDataView, isTypedArray, isUint8Array } = require('node:util').types;
const { coded, invalidType, invalidValue } = require('../errors.js');
const { isPlain } = require('../options.js');

const HEADER = 32;
const none = new Uint8Array(0);
const dataTypes =
  'of type string or an instance of ArrayBuffer, SharedArrayBuffer, Buffer, TypedArray or DataView';

// The lengths as they are, whatever a class that extends one of these says.
const typed = Object.getPrototypeOf(Uint8Array.prototype);
const getterOf = (prototype, name) => {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name);
  return (view) => Reflect.apply(get, view, []);
};
const lengthOf = getterOf(typed, 'length');
const { set } = typed;
const copy = (target, source, at) => Reflect.apply(set, target, [source, at]); // a quarter faster than target.set()
const partsOfTyped = ['buffer', 'byteOffset', 'byteLength'].map((name) => getterOf(typed, name));
const partsOfData = ['buffer', 'byteOffset', 'byteLength'].map((name) => getterOf(DataView.prototype, name));

/** The bytes of a string, a buffer or a view of one; undefined for anything else. What is detached has none. */
function viewOf(data) {
  if (isUint8Array(data)) return data;
  if (typeof data === 'string') return Buffer.from(data);
  try {
    if (isTypedArray(data)) return new Uint8Array(...partsOfTyped.map((get) => get(data)));
    if (isDataView(data)) return new Uint8Array(...partsOfData.map((get) => get(data)));
    return isAnyArrayBuffer(data) ? new Uint8Array(data) : undefined;
  } catch {
    return none;
  }
}

/** The size of a record with such contents. */
const sizeOf = (contents) => (HEADER + contents + 7) & ~7;

const isData = (value) => viewOf(value) !== undefined;

/** The same for an argument that must be data. */
function bytesOf(data, name = 'data') {
  const bytes = viewOf(data);
  if (bytes === undefined) throw invalidType(name, dataTypes, data);
  return bytes;
}

/** Records that follow each other. Each event is copied before any more code of the caller may run. */
class Batch {
  #bytes;
  #view;
  #end = 0;
  #limits; // { name, most } of the topic: no event may be larger

  constructor(limits, room) {
    this.#limits = limits;
    this.#allocate(room);
  }

  get length() {
    return this.#end;
  }

  /** What was added, as a view that the next change overwrites. */
  get bytes() {
    return this.#bytes.subarray(0, this.#end);
  }

  get capacity() {
    return this.#bytes.length;
  }

  /** Forgets what was added; what comes is for a topic with these limits. */
  begin(limits) {
    this.#limits = limits;
    this.#end = 0;
  }

  /** Adds an event that is nothing but its bytes. */
  addData(data) {
    const length = lengthOf(data);
    const at = this.#begin(length);
    this.#view.setUint32(at + 24, length, true);
    copy(this.#bytes, data, at + HEADER); // throws if the data grows just now
    this.#end = at + sizeOf(length);
  }

  /** Adds an event; options may have its headers and id. `prefix` is where they are, for an error. */
  add(data, { headers, id }, prefix, dataName) {
    const encoded = encodeHeaders(headers, `${prefix}.headers`);
    const name = encodeId(id, `${prefix}.id`);
    const bytes = bytesOf(data, dataName);
    const at = this.#begin(encoded.length + name.length + lengthOf(bytes));
    this.#view.setUint32(at + 4, encoded.length, true);
    this.#view.setUint32(at + 24, lengthOf(bytes), true);
    this.#view.setUint32(at + 28, name.length, true);
    this.#bytes.set(encoded, at + HEADER);
    this.#bytes.set(name, at + HEADER + encoded.length);
    copy(this.#bytes, bytes, at + HEADER + encoded.length + name.length);
    this.#end = at + sizeOf(encoded.length + name.length + lengthOf(bytes));
  }

  /** Adds what publishBatch() takes: data, or { data, headers, id }. */
  addItem(item, i) {
    const bytes = viewOf(item);
    if (bytes !== undefined) this.addData(bytes);
    else if (item !== null && typeof item === 'object') {
      if ('data' in item) checkNames(item, i);
      this.add(item.data, item, `events[${i}]`, `events[${i}].data`);
    } else throw invalidType(`events[${i}]`, `${dataTypes}, or an object with such data`, item);
  }

  /** Makes room for a record at the end, and fills in what all have alike. Returns where it begins. */
  #begin(contents) {
    if (contents > this.#limits.most) throw tooLarge(contents, this.#limits);
    const size = sizeOf(contents);
    const at = this.#end;
    if (at + size > this.#bytes.length) this.#grow(at + size);
    const view = this.#view;
    view.setFloat64(at + size - 8, 0); // what fills up the record
    view.setUint32(at, size, true);
    view.setUint32(at + 4, 0);
    view.setFloat64(at + 8, 0);
    view.setFloat64(at + 16, 0);
    view.setFloat64(at + 24, 0);
    return at;
  }

  #grow(least) {
    const before = this.#bytes;
    this.#allocate(Math.max(least, before.length * 2));
    this.#bytes.set(before);
  }

  #allocate(size) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.#bytes.buffer);
  }
}

const itemNames = ['data', 'headers', 'id'];

function checkNames(item, i) {
  const unknown = Object.keys(item).find((key) => !itemNames.includes(key));
  if (unknown === undefined) return;
  const known = itemNames.join(', ');
  throw invalidValue(`events[${i}]`, `has an unknown property "${unknown}"; known are ${known}`, item);
}

function tooLarge(size, { name, most }) {
  const message = `an event of ${size} bytes is too large for topic "${name}": at most ${most}, headers and id included`;
  return coded(Error, 'ERR_EVENT_TOO_LARGE', message, tooLarge);
}

const KEPT = 1 << 20; // bytes of a batch that is kept for the next one
let spare; // a batch that nobody uses

/**
 * Calls `use` with the batch of a list, as publishBatch() takes it, and with how many events that are. The bytes are
 * good until it returns.
 */
function withBatch(list, limits, use) {
  const batch = spare ?? new Batch(limits, Math.max(4096, Math.min(list.length * roomOf(list[0]), KEPT)));
  spare = undefined; // a getter in the list, or of a signal, may publish too
  batch.begin(limits);
  const { length } = list;
  for (let i = 0; i < length; i++) batch.addItem(list[i], i);
  const result = use(batch.bytes, length);
  if (batch.capacity <= KEPT) spare = batch;
  return result;
}

/** What the record of an item may take, at a guess. */
function roomOf(item) {
  if (isUint8Array(item)) return lengthOf(item) + HEADER + 8;
  return typeof item === 'string' ? item.length + HEADER + 8 : 256;
}

function encodeHeaders(headers, path) {
  if (headers === undefined) return none;
  if (!isPlain(headers)) throw invalidType(path, 'a plain object', headers);
  let text = '';
  for (const [key, value] of Object.entries(headers)) {
    const name = `${path}[${JSON.stringify(key)}]`;
    if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
    if (`${key}${value}`.includes('\0')) throw invalidValue(name, 'must not have a NUL', value);
    text += `${key}\0${value}\0`;
  }
  return Buffer.from(text);
}

function encodeId(id, path) {
  if (id === undefined) return none;
  if (typeof id !== 'string') throw invalidType(path, 'of type string', id);
  if (id === '') throw invalidValue(path, 'must not be empty', id);
  if (!id.isWellFormed()) throw invalidValue(path, 'must be well-formed, without lone surrogates', id);
  return Buffer.from(id);
}

/** The numbers that Go sends as float64. */
function numbersOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers = new Array(bytes.length / 8);
  for (let i = 0; i < numbers.length; i++) numbers[i] = view.getFloat64(i * 8, true);
  return numbers;
}

/** The numbers from the first on. */
function numbersFrom(first, count) {
  const numbers = new Array(count);
  for (let i = 0; i < count; i++) numbers[i] = first + i;
  return numbers;
}

module.exports = { Batch, bytesOf, isData, numbersFrom, numbersOf, withBatch };
