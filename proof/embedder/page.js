'use strict';

// What an environment of embedder.cc runs: process.argv tells the way it is to end and the token of another's handle.
// It sets globalThis.result when it has come to the point where it may be ended.

const [, , way, token] = process.argv;

const pages = {
  /** Handles that nobody uses, and what their owner forgets. */
  async idle() {
    const { quiesce, Sleeper } = load();
    return [new quiesce.Guard(), await quiesce.MappedFile.open(__filename), Sleeper.open()];
  },

  /** Ops of every kind in flight: raw enters, one that ends at once when cancelled, one that does not. */
  async busy() {
    const { quiesce, Sleeper, Echo } = load();
    const guard = new quiesce.Guard();
    for (let i = 0; i < 3; i++) guard.tryEnter();
    const file = await quiesce.MappedFile.open(__filename);
    checkBytes(file, Echo);
    const sleeper = Sleeper.open();
    for (let i = 0; i < 5; i++) sleeper.sleep(2 ** 40).catch(complain);
    for (let i = 0; i < 5; i++) sleeper.stubborn(5 * i).catch(complain); // some end in the middle of the teardown
    for (let i = 0; i < 5; i++) file.count('e').catch(complain);
    quiesce.MappedFile.open(__filename).catch(complain);
    sleeper.free({ deadline: 0 }).catch(complain);
    return [guard, file, sleeper];
  },

  /** All is freed, and nothing keeps the event loop. */
  async clean() {
    const { quiesce, Sleeper } = load();
    const file = await quiesce.MappedFile.open(__filename);
    const sleeper = Sleeper.open();
    const slept = sleeper.sleep(2 ** 40).catch(({ code }) => code);
    check((await Promise.all([file.free(), sleeper.free()])).join() === 'drained,drained', 'a free');
    check((await slept) === 'ERR_HANDLE_FREED', 'the op of a handle that is freed');
  },

  /** process.exit() in the page, in the middle of ops. */
  async exit() {
    await pages.busy();
    process.exit(0);
  },

  /** Opens what another page uses. */
  async owner() {
    const { quiesce, Sleeper } = load();
    const sleeper = Sleeper.open();
    const guard = new quiesce.Guard();
    guard.tryEnter();
    sleeper.sleep(2 ** 40).catch(() => {});
    globalThis.kept = [sleeper, guard];
    setInterval(() => check(sleeper.freed === false, 'a handle that one of its two pages still has'), 1);
    return sleeper.token;
  },

  /** Uses it, and is ended in the middle of that. */
  async guest() {
    const { Sleeper } = load();
    const sleeper = Sleeper.attach(Number(token));
    await sleeper.sleep(1);
    for (let i = 0; i < 5; i++) sleeper.sleep(2 ** 40).catch(complain);
    for (let i = 0; i < 5; i++) sleeper.stubborn(i).catch(complain);
    return sleeper;
  },

  /** A page that is reloaded: it takes over what the one before has shared, and shares it on. The rest has gone. */
  async heir() {
    const { Sleeper } = load();
    const [shared, gone] = token.split(',').map(Number);
    const sleeper = shared ? inherit(Sleeper, shared) : Sleeper.open();
    await sleeper.sleep(1);
    if (gone) check(codeOf(() => Sleeper.attach(gone)) === 'ERR_HANDLE_FREED', 'what was not shared');
    const own = Sleeper.open();
    for (const each of [sleeper, own]) each.sleep(2 ** 40).catch(complain);
    sleeper.share({ ttl: 60_000 });
    globalThis.kept = [sleeper, own];
    return `${sleeper.token},${own.token}`;
  },

  /** The last one of them: what has come down to it is freed, for good. */
  async lastHeir() {
    const { Sleeper } = load();
    const sleeper = inherit(Sleeper, Number(token.split(',')[0]));
    check((await sleeper.free()) === 'drained', 'the free of what was handed on');
    check(codeOf(() => Sleeper.attach(sleeper.token)) === 'ERR_HANDLE_FREED', 'what was freed');
  },

  /** What all the others have left behind. */
  async report() {
    const { quiesce } = load();
    const probe = process.env.QUIESCE_PROBE;
    const statuses = probe ? require(probe).statuses() : [];
    const end = Date.now() + 10_000;
    while (quiesce.stats().live > 0 && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const { live, opened, released, ops } = quiesce.stats();
    return JSON.stringify({ live, opened, released, ops, statuses });
  },
};

function load() {
  const quiesce = require('../..');
  return { quiesce, ...require('../../test/support/addon.js').loadTestAddon() };
}

/** Bytes of the file and of the boundary are there, and the same, though no buffer may lie over foreign memory. */
function checkBytes(file, Echo) {
  const bytes = require('node:fs').readFileSync(__filename);
  check(bytes.equals(file.read(0, file.size)), 'the bytes of a mapped file');
  check(bytes.equals(Echo.bytes(bytes)), 'bytes that Go gives back');
}

/** Attaches to what another page has shared; that it was freed would be a failure here. */
function inherit(Class, shared) {
  try {
    return Class.attach(shared);
  } catch ({ code }) {
    return complain(new Error(`a handle that was shared: ${code}`));
  }
}

function codeOf(call) {
  try {
    call();
  } catch ({ code }) {
    return code;
  }
  return undefined;
}

function check(condition, what) {
  if (!condition) complain(new Error(`not as it should be: ${what}`));
}

/** Ends the embedder: its exit handler takes a code above zero for a failure. A free is none. */
function complain(error) {
  if (error?.code === 'ERR_HANDLE_FREED') return;
  require('node:fs').writeSync(2, `page ${way}: ${error?.stack ?? error}\n`);
  process.exit(1);
}

pages[way]().then((result) => {
  globalThis.kept ??= result;
  globalThis.result = typeof result === 'object' ? 'ready' : String(result);
}, complain);
