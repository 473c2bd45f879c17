// What one thread of a case has, and how it makes its calls.

import { inspect } from 'node:util';
import { describe, judge } from './judge.mjs';
import { keyOf } from './surfaces.mjs';
import { makeValue } from './values.mjs';

const hung = 20_000; // ms
const kept = 40; // wrappers of a case

export class World {
  handles = [];
  tokens = [];
  events = [];
  buffers = [];
  controllers = [];
  calls = 0;
  collections = 0; // by effects
  counts = {}; // what came out -> how often
  wrong = [];
  #surface;
  #name;
  #pending = new Set();
  #terminate;

  constructor(surface, name, terminate) {
    this.#surface = surface;
    this.#name = name;
    this.#terminate = terminate;
  }

  handle(which) {
    return this.handles[which % this.handles.length];
  }

  token(which) {
    return this.tokens[which % this.tokens.length] ?? 0;
  }

  /** Takes the handles that a case begins with. */
  begin(handles) {
    for (const each of handles) this.#take(each);
  }

  async run(calls) {
    for (const call of calls) {
      this.#forgetBuffers();
      if (call.op) await this.#operate(call);
      else await this.#call(call);
    }
    this.#leave();
  }

  /** Resolves when all that was begun has ended. */
  async settle() {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, hung, true);
    });
    while (this.#pending.size > 0) {
      if (
        (await Promise.race([Promise.all([...this.#pending.keys()].map(({ promise }) => promise)), late])) ===
        true
      ) {
        const labels = [...this.#pending].map(({ label }) => label);
        this.wrong.push(`never settled: ${labels.join(', ')}`);
        break;
      }
    }
    clearTimeout(timer);
  }

  result() {
    const { calls, counts, wrong } = this;
    return { calls, counts, wrong };
  }

  count(name) {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }

  /** Counts an error, or keeps what is wrong with it. */
  judge(error, label, isOwn = true) {
    const { name, wrong } = judge(error, { surface: this.#name, isOwn });
    this.count(name);
    if (wrong) this.wrong.push(`${label}: ${wrong}`);
  }

  async #operate({ op, turns = 1, thread }) {
    if (op === 'collect') globalThis.gc();
    if (op === 'terminate') this.#terminate?.(thread);
    for (let i = 0; i < turns; i++) await new Promise(setImmediate);
  }

  async #call(call) {
    const member = this.#surface.members.find(({ label }) => label === call.label);
    if (!member) return; // a kept case of something that is no more
    this.calls++;
    let result;
    const itself = this.#thisOf(member, call);
    try {
      result = this.#make(member, call, itself);
    } catch (error) {
      this.judge(error, call.label, isOwn(this.#surface, member, itself));
      return;
    }
    if (result instanceof Promise) {
      const one = this.#follow(result, call.label, isOwn(this.#surface, member, itself));
      if (call.wait) await Promise.race([one, new Promise((resolve) => setTimeout(resolve, 20))]);
    } else {
      this.count('a result');
      this.#take(result, call.label);
    }
  }

  #thisOf({ owner }, call) {
    if (call.value) return makeValue(this, call.value);
    return call.this && this.#find(this.#surface.classes[owner], call.this);
  }

  #make(member, call, itself) {
    const args = call.args.map((each) => makeValue(this, each));
    if (!member.owner) return this.#surface.functions[member.name](...args);
    const Class = this.#surface.classes[member.owner];
    if (member.isNew) return new Class(...args);
    if (member.isStatic) return this.#checked(member, args, Class[keyOf(Class, member.name)](...args));
    const { get, value } = descriptorOf(Class.prototype, keyOf(Class.prototype, member.name));
    return Reflect.apply(get ?? value, itself, get ? [] : args);
  }

  /** What attach() gives is the handle of the very token. */
  #checked({ label, name }, [token], result) {
    if (name === 'attach' && result.token !== token)
      this.wrong.push(`${label}: ${token} gave ${result.token}`);
    return result;
  }

  #find(Class, [owner, nth]) {
    const list = [...this.handles, ...this.events].filter((each) => owner === 'any' || each instanceof Class);
    return list[nth % list.length];
  }

  /** Waits for a promise, however it ends, and takes what it gives. */
  #follow(promise, label, isOwn) {
    const entry = { label };
    const end = (error) => {
      this.judge(error, label, isOwn);
    };
    const took = (value) => {
      this.count('a result');
      return this.#take(value, label);
    };
    entry.promise = promise
      .then(took)
      .catch(end)
      .finally(() => this.#pending.delete(entry));
    this.#pending.add(entry);
    return entry.promise;
  }

  #take(value, label) {
    if (value === null || typeof value !== 'object' || this.handles.length > kept) return;
    if (typeof value.free === 'function') {
      this.handles.push(value);
      if (typeof value.token === 'number') this.tokens.push(value.token);
      inspect(value);
    } else if (Array.isArray(value) && typeof value[0]?.ack === 'function') this.events = value.slice(0, 5);
    if (typeof value[Symbol.asyncIterator] === 'function')
      this.#follow(this.#pull(value), `a loop over ${label}`);
  }

  /** Takes a little from an iteration, and leaves it. */
  async #pull(iterable) {
    const iterator = iterable[Symbol.asyncIterator]();
    const { value } = await iterator.next();
    if (typeof value?.ack === 'function') this.events.push(value);
    await iterator.next();
    await iterator.return?.();
  }

  #forgetBuffers() {
    this.buffers = [];
    this.controllers = [];
  }

  /** Gives back the raw enters of this thread: nobody else can. */
  #leave() {
    for (const each of this.handles) {
      if (typeof each?.tryEnter !== 'function') continue;
      for (let i = 0; i < 100; i++) {
        try {
          each.leave();
        } catch (error) {
          if (error.code !== 'ERR_NOT_ENTERED') this.wrong.push(`leave(): ${describe(error)}`);
          break;
        }
      }
    }
  }
}

/** On something else a method throws a TypeError of V8's own, as is documented. */
function isOwn({ classes }, { owner, isNew, isStatic }, itself) {
  if (!owner || isNew || isStatic) return true;
  try {
    return itself instanceof classes[owner];
  } catch {
    return false; // a Proxy
  }
}

function descriptorOf(prototype, key) {
  for (let each = prototype; each; each = Object.getPrototypeOf(each)) {
    const found = Object.getOwnPropertyDescriptor(each, key);
    if (found) return found;
  }
  throw new Error(`there is no ${String(key)}`);
}

/** Has what nobody catches in this thread be judged as well. */
export function judgeUncaught(current) {
  process.on('uncaughtException', (error) => current()?.judge(error, 'an uncaught exception'));
  process.on('unhandledRejection', (error) => {
    if (!error?.planted) current()?.wrong.push(`an unhandled rejection: ${describe(error)}`);
  });
}
