/// <reference types="node" />

// Buffer, URL, AbortSignal and the symbols of explicit resource management come from @types/node, so neither the
// `dom` nor the `esnext.disposable` library is needed in a tsconfig.

/**
 * The name of a handle: a plain number, a safe integer. It may be posted to another thread, stored and printed.
 * One that is stale or forged is refused, never dereferenced. It means nothing in another process.
 */
export type Token = number;

/**
 * How a begin-free ended.
 *
 * - `'drained'`: this call won, every op has left, the resource is released.
 * - `'already-freeing'`: somebody else began before; this call did nothing. The release may still be under way.
 * - `'timed-out'`: this call won, but the deadline passed first. New ops are refused; whichever op leaves last
 *   releases the resource.
 */
export type Outcome = 'drained' | 'already-freeing' | 'timed-out';

/** Bytes, as methods take them. They are copied before the call returns; a detached buffer counts as empty. */
export type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** The options of an async op. */
export interface SignalOptions {
  /**
   * Cancels the op. Its promise then rejects with an {@link AbortError}, unless the op has succeeded by then. A
   * signal that has aborted already keeps the op from being started.
   */
  signal?: AbortSignal | undefined;
}

/** The options of {@link Handle.free}, {@link Handle.freeSync} and {@link freeAll}. */
export interface FreeOptions {
  /**
   * How long to wait for the drain and the release together, in milliseconds: at least 0, fractions allowed.
   * 0 looks once: it does not wait for ops. `Infinity` is no limit; `freeSync` refuses it.
   *
   * @defaultValue 5000
   */
  deadline?: number | undefined;
}

/** The options of {@link Handle.share}. */
export interface ShareOptions {
  /**
   * How long the share is kept, in milliseconds: at least 0 and finite, fractions allowed.
   *
   * @defaultValue 30000
   */
  ttl?: number | undefined;
}

/**
 * The base of every handle: a wrapper in this thread of a resource that any thread may use and any thread may free.
 *
 * Each wrapper is one attachment of its handle. The wrapper that opened the handle owns it; one from
 * {@link Handle.attach} borrows it. Every wrapper may free the handle. When the last attachment goes, the handle is
 * freed in the background.
 *
 * A wrapper belongs to the thread that made it. To give the handle to another thread, send its {@link Handle.token}.
 *
 * It cannot be constructed.
 */
export abstract class Handle {
  protected constructor();

  /**
   * Attaches to the handle that a token names, of whatever class, and returns a wrapper that borrows it: a
   * {@link Guard} or a {@link MappedFile}. If the handle has a pending share, its attachment is taken over.
   *
   * Sync; does not block.
   *
   * @param token - From {@link Handle.token} or {@link Handle.share}, on any thread of this process.
   * @throws {@link HandleFreedError} once freeing began, or when the last attachment has gone.
   * @throws {@link HandleInvalidError} for a number that was never a token of this addon in this process.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` for what is not a number.
   */
  static attach(token: Token): Handle;

  /** The handle's token. It can be read in every state, also after `detach()`. */
  get token(): Token;

  /**
   * Whether freeing began, on whatever thread; `true` for good from then on. It does not tell that the resource is
   * released: `await free()` does. It can be read in every state, also after `detach()`.
   */
  get freed(): boolean;

  /**
   * Frees the handle: refuses new ops, cancels those in flight, waits for them and for the release, up to the
   * deadline. The children of the handle are freed first. When the call returns (not: when its promise is settled)
   * no new op enters any more.
   *
   * Async; does not block. A pending `free()` keeps the process alive.
   *
   * @returns The outcome. Of all calls for one handle, on any threads, one wins; the others resolve with
   *   `'already-freeing'` at once, also after the release.
   *
   * Rejects with:
   *
   * - {@link ReleaseFailedError}: the resource's Close failed or panicked; the handle is gone all the same.
   * - {@link HandleFreedError}: this wrapper was detached.
   * - TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE`: a bad deadline; nothing was freed.
   *
   * @example
   * ```js
   * if ((await file.free({ deadline: 1000 })) === 'timed-out') {
   *   console.log(handles().find(({ token }) => token === file.token)?.ops);
   * }
   * ```
   */
  free(options?: FreeOptions): Promise<Outcome>;

  /**
   * The same as {@link Handle.free}, but blocks this thread until the outcome is known, or the deadline has passed.
   *
   * @throws {@link WouldDeadlockError} at once when the drain would wait for this very thread: while this thread is
   *   inside a {@link Guard} that is the handle or a descendant of it. Nothing is freed.
   * @throws {@link ReleaseFailedError} when the resource's Close failed or panicked.
   * @throws {@link HandleFreedError} when this wrapper was detached.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for a bad deadline, `Infinity` included.
   */
  freeSync(options?: FreeOptions): Outcome;

  /**
   * Gives this wrapper's attachment back without freeing the handle for others. If it was the last attachment, the
   * handle is freed in the background, with the default deadline. Afterwards only `token` and `freed` can be used,
   * `leave()` of a {@link Guard}, and disposal, which does nothing.
   *
   * Sync; does not block. Doing it again does nothing.
   */
  detach(): void;

  /**
   * Returns the token and keeps the handle alive until the next attach, on any thread, or for the time to live.
   * For a sender that drops its wrapper, or whose thread ends, before the receiver has attached. An expiry emits a
   * warning with the code `QUIESCE_SHARE_EXPIRED`.
   *
   * Sync; does not block. A pending share does not keep the process alive.
   *
   * @throws {@link HandleFreedError} once freeing began, or when this wrapper was detached.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for a bad time to live.
   *
   * @example
   * ```js
   * parentPort.postMessage(file.share());
   * process.exit(); // the receiver can still attach
   * ```
   */
  share(options?: ShareOptions): Token;

  /**
   * For `using`: a wrapper that owns the handle begins to free it, without waiting; one that borrows it detaches.
   * On a handle that is freed already, and on a detached wrapper, it does nothing. It never throws for a release
   * that fails.
   */
  [Symbol.dispose](): void;

  /**
   * For `await using`: a wrapper that owns the handle frees it with the default deadline and waits; one that
   * borrows it detaches. On a handle that is freed already, and on a detached wrapper, it does nothing.
   *
   * Rejects with {@link ReleaseFailedError}. A time-out is not an error.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/** One op of a {@link Guard}, from {@link Guard.enter} to `leave()`. */
export interface GuardOp {
  /** Ends the op. Doing it again does nothing. Sync; does not block. */
  leave(): void;

  /** The same as `leave()`, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * The bare guard, for things that Quiesce does not own: a file descriptor's number, a pointer that another FFI
 * library uses, a region of a SharedArrayBuffer. Enter before each use and leave after it; destroy the thing when
 * `free()` came to `'drained'`.
 *
 * Enters belong to the thread that made them, not to a wrapper: a thread that ends gives them all back.
 *
 * @example
 * ```js
 * const guard = new Guard();
 * const worker = new Worker('./worker.js', { workerData: { fd, token: guard.token } });
 * // in the worker: const guard = Guard.attach(workerData.token);
 * //                guard.run(() => readSync(workerData.fd, buffer));
 * if ((await guard.free()) === 'drained') closeSync(fd); // no thread is inside, and none can enter
 * ```
 */
export class Guard extends Handle {
  /**
   * Opens a guard, which this wrapper owns.
   *
   * Sync; does not block.
   *
   * @throws {@link HandleLimitError} when 2^21 handles are live, or there is no memory for more.
   */
  constructor();

  /**
   * Attaches to a guard. See {@link Handle.attach}.
   *
   * @throws {@link HandleTypeError} for a token of another class.
   */
  static attach(token: Token): Guard;

  /**
   * Begins an op. Each `true` must be matched by one {@link Guard.leave} on this thread.
   *
   * Sync; does not block.
   *
   * @returns `false` once freeing began: then the thing must not be touched, and there is nothing to leave.
   * @throws {@link HandleLimitError} while 2^29 ops are in flight.
   * @throws {@link HandleFreedError} when this wrapper was detached.
   *
   * @example
   * ```js
   * if (guard.tryEnter()) {
   *   try {
   *     use(thing);
   *   } finally {
   *     guard.leave();
   *   }
   * }
   * ```
   */
  tryEnter(): boolean;

  /**
   * Ends an op that this thread has begun. It may be called once freeing began, and after `detach()`.
   *
   * Sync; does not block.
   *
   * @throws {@link NotEnteredError} when this thread is not inside; nothing has changed then.
   */
  leave(): void;

  /**
   * Begins an op and returns it. Unlike `leave()`, the op's own `leave()` may be called more than once.
   *
   * Sync; does not block.
   *
   * @throws {@link HandleFreedError} once freeing began, or when this wrapper was detached.
   * @throws {@link HandleLimitError} while 2^29 ops are in flight.
   *
   * @example
   * ```js
   * const op = guard.enter();
   * try {
   *   use(thing);
   * } finally {
   *   op.leave();
   * }
   * ```
   */
  enter(): GuardOp;

  /**
   * Calls a function inside an op. The op lasts until the function returns or throws; if it returns a promise, or
   * another thenable, until that is settled.
   *
   * @returns What the function returned; for a thenable, a promise of its value.
   * @throws {@link HandleFreedError} once freeing began, or when this wrapper was detached; the function is not
   *   called. Always thrown, never a rejection.
   * @throws {@link HandleLimitError} while 2^29 ops are in flight.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` for what is not a function.
   *
   * @example
   * ```js
   * const bytes = guard.run(() => readSync(fd, buffer));
   * const text = await guard.run(async () => (await response).text());
   * ```
   */
  run<T>(fn: () => PromiseLike<T>): Promise<T>;
  run<T>(fn: () => T): T;
}

/**
 * A read-only memory mapping of a file, shared by all threads that attach to it. What its methods return is copied;
 * nothing points into the mapping.
 *
 * The size is the one that the file had when it was opened. A file that is replaced by a rename stays readable; one
 * that is rewritten in place may show a mixture; one that is truncated makes ops on the lost pages fail with the
 * code `ERR_FILE_TRUNCATED`.
 *
 * @example
 * ```js
 * const file = await MappedFile.open('access.log');
 * console.log(file.size, await file.count('" 500 '), await file.lines(0, 10));
 * await file.free();
 * ```
 */
export class MappedFile extends Handle {
  private constructor();

  /**
   * Maps a regular file. The promise resolves with a wrapper that owns the handle.
   *
   * Async: a thread of Go's opens the file.
   *
   * @param path - A path, relative to the working directory of the process, or a `file:` URL.
   *
   * Rejects with:
   *
   * - an Error with `code`, `errno`, `syscall` and `path`, as Node's own: `ENOENT`, `EACCES`, ..., `EISDIR` for a
   *   directory, `ENODEV` for a FIFO, a socket or a device, `EFBIG` for a file beyond the address space.
   * - TypeError `ERR_INVALID_ARG_TYPE`, or what `url.fileURLToPath` throws.
   * - {@link HandleLimitError}, {@link AbortError}.
   */
  static open(path: string | URL, options?: SignalOptions): Promise<MappedFile>;

  /**
   * Attaches to a mapped file. See {@link Handle.attach}.
   *
   * @throws {@link HandleTypeError} for a token of another class.
   */
  static attach(token: Token): MappedFile;

  /**
   * The number of bytes that the file had when it was opened.
   *
   * Sync; does not block.
   *
   * @throws {@link HandleFreedError}
   */
  get size(): number;

  /**
   * Returns a copy of bytes of the file: `length` of them from `offset` on, or fewer where the file ends.
   *
   * Sync. A page that is not in memory blocks this thread until the disk has delivered it.
   *
   * @param offset - In bytes, an integer from 0 to `size`; 0 by default.
   * @param length - In bytes, an integer that is not negative; the rest of the file by default. What there is to
   *   copy must be at most 1 GiB.
   * @throws {@link HandleFreedError}
   * @throws RangeError `ERR_OUT_OF_RANGE`
   * @throws TypeError `ERR_INVALID_ARG_TYPE`
   * @throws Error `ERR_FILE_TRUNCATED` for a page that the file has lost since.
   */
  read(offset?: number, length?: number): Buffer;

  /**
   * Counts a pattern from left to right, without overlap: `'aa'` is twice in `'aaaa'`.
   *
   * Async. The time is proportional to the size of the file, whatever the pattern.
   *
   * @param pattern - A string, taken as UTF-8, or bytes; not empty.
   *
   * Rejects with:
   *
   * - {@link HandleFreedError}: freeing had begun, or began meanwhile.
   * - {@link AbortError}
   * - TypeError `ERR_INVALID_ARG_TYPE`, or `ERR_INVALID_ARG_VALUE` for an empty pattern.
   * - Error `ERR_FILE_TRUNCATED`
   */
  count(pattern: string | Bytes, options?: SignalOptions): Promise<number>;

  /**
   * Finds the first occurrence of a pattern that starts at or after `from`.
   *
   * Async.
   *
   * @param pattern - A string, taken as UTF-8, or bytes. An empty one is found at `from`.
   * @param from - In bytes, an integer from 0 to `size`; 0 by default.
   * @returns Its offset in bytes, or -1.
   *
   * Rejects like {@link MappedFile.count}, and with RangeError `ERR_OUT_OF_RANGE`.
   */
  indexOf(pattern: string | Bytes, from?: number, options?: SignalOptions): Promise<number>;
  indexOf(pattern: string | Bytes, options?: SignalOptions): Promise<number>;

  /**
   * Returns lines, decoded as UTF-8, without their ends (`\n` or `\r\n`). Lines that the file does not have add
   * nothing.
   *
   * Async; the bytes are decoded on this thread. The first call reads up to the lines asked for, and notes every
   * 64 KiB how many lines it saw; what lies before the furthest line so far is then found without reading it all.
   *
   * @param from - The number of the first line, counted from 0; an integer that is not negative, 0 by default.
   * @param count - How many; an integer that is not negative, all that follow by default. The result must be at
   *   most 1 GiB, and at most what a string can hold.
   *
   * Rejects like {@link MappedFile.count}, and with RangeError `ERR_OUT_OF_RANGE`.
   */
  lines(from?: number, count?: number, options?: SignalOptions): Promise<string[]>;
  lines(from: number, options?: SignalOptions): Promise<string[]>;
  lines(options?: SignalOptions): Promise<string[]>;
}

/** What {@link freeAll} came to. Children are freed by their parents and not counted apart. */
export interface FreeAllResult {
  /** Handles that this call has freed, those whose release failed included. */
  drained: number;
  /** Handles that somebody else was freeing already; they were waited for up to the deadline too. */
  alreadyFreeing: number;
  /** Handles whose deadline passed. */
  timedOut: number;
  /** The releases that failed. */
  errors: ReleaseFailedError[];
}

/**
 * Frees every live handle of the process, of all addons built on Quiesce that this thread has loaded. For an
 * orderly exit: a process that ends does not wait for releases.
 *
 * Async; a pending call keeps the process alive.
 *
 * Rejects with TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for a bad deadline.
 *
 * @example
 * ```js
 * await freeAll({ deadline: 2000 });
 * ```
 */
export function freeAll(options?: FreeOptions): Promise<FreeAllResult>;

/**
 * Where a handle is in its life.
 *
 * - `'open'`: ops enter.
 * - `'freeing'`: ops are refused, those in flight are waited for.
 * - `'abandoned'`: the same, but the deadline passed; the last op to leave releases.
 * - `'closing'`: the resource's Close is running.
 * - `'released'`: gone; seen only when it went while the list was made.
 */
export type HandleState = 'open' | 'freeing' | 'abandoned' | 'closing' | 'released';

/** Ops in flight, as {@link handles} shows them. */
export interface OpInfo {
  /** The method's name; `'enter'` for enters of a {@link Guard}; `'child X'` for a child handle of class X. */
  method: string;
  /** How many; above 1 only for enters of one thread. */
  count: number;
  /** Milliseconds since it began. Of an enter: since it was first seen, by `handles()` or by a free. */
  age: number;
}

/** One live handle, as {@link handles} shows it. */
export interface HandleInfo {
  token: Token;
  /** The name of its class. */
  class: string;
  state: HandleState;
  /** The number of ops in flight; a refused enter may count for a moment. */
  inFlight: number;
  /** What they are, as far as is known. It is read after `inFlight` or before: the two may differ by what came and went. */
  ops: OpInfo[];
  /** The number of attachments: wrappers, async ops in flight, pending shares and children. */
  attachments: number;
  /** The token of the parent, if the handle is a child. */
  parent?: Token;
  /** Milliseconds since it was opened. */
  age: number;
  /** Where it was opened: the lines of a stack. With `QUIESCE_TRACE=1` only. */
  site?: string;
}

/**
 * Lists the live handles of the process: those not yet released, of all addons built on Quiesce that this thread
 * has loaded.
 *
 * Sync; does not wait for ops. It looks at every slot once used.
 */
export function handles(): HandleInfo[];

/** Counts at about one moment; summed over all addons built on Quiesce that this thread has loaded. */
export interface Stats {
  /** Handles opened and not yet released. */
  live: number;
  /** Live handles whose freeing began. */
  freeing: number;
  /** Freeing handles whose deadline passed while ops were in flight. */
  abandoned: number;
  /** Handles ever opened. */
  opened: number;
  /** Handles ever released. */
  released: number;
  /** Ops in flight, as {@link handles} lists them, but for children. */
  ops: number;
  /** Slots ever used, the retired ones included. */
  slots: number;
  /** Slots whose generations ran out. */
  retired: number;
  /** Bytes mapped for slots, and for the counts of those that ran hot. */
  mapped: number;
  /** Frees that came to `'drained'`. Each handle that is freed counts once: children too, and what was freed in the background. */
  drained: number;
  /** Frees that came to `'timed-out'`; likewise. */
  timedOut: number;
  /** Calls that came to `'already-freeing'`. */
  alreadyFreeing: number;
  /** Releases whose Close failed or panicked. */
  failed: number;
  /** Handles that garbage collection ended though nobody had freed them, as `QUIESCE_LEAK` warns of. */
  leaked: number;
}

/** Counts the handles of the process. Sync; does not wait for ops. What it takes does not depend on how
 * many handles there are. */
export function stats(): Stats;

/**
 * The counts of the process as text, in the exposition format of Prometheus (version 0.0.4): live handles by class and
 * state, ops in flight by class and method, frees by outcome and so on. docs/diagnostics.md lists the metrics.
 *
 * Sync; does not wait for ops. It looks at every slot once used.
 *
 * @example
 * ```js
 * createServer((request, response) => {
 *   response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(metrics());
 * }).listen(9464);
 * ```
 */
export function metrics(): string;

/** What is published to `diagnostics_channel` as `quiesce:open`: a handle was opened, by this thread. */
export interface OpenMessage {
  token: Token;
  /** The name of its class. */
  class: string;
}

/** What is published as `quiesce:free`: a free that this thread began is over. */
export interface FreeMessage {
  token: Token;
  /** The name of its class. */
  class: string;
  /** What began it: a call, disposal (`'free'`), the last `detach()`, or garbage collection. */
  by: 'free' | 'freeSync' | 'freeAll' | 'detach' | 'collect';
  outcome: Outcome;
  /** Milliseconds from its begin to its outcome. */
  duration: number;
  /** What the release failed with, if it did. */
  error?: ReleaseFailedError;
}

/** What is published as `quiesce:timeout`: the deadline of a free has passed. */
export interface TimeoutMessage {
  token: Token;
  /** The name of its class. */
  class: string;
  /** What holds the handle, as far as is known. */
  ops: OpInfo[];
  /** Where the handle was opened. With `QUIESCE_TRACE=1` only. */
  site?: string;
}

/** What is published as `quiesce:leak`: a handle was collected that nobody had freed. */
export interface LeakMessage {
  token: Token;
  /** The name of its class. */
  class: string;
  /** Where the handle was opened. With `QUIESCE_TRACE=1` only. */
  site?: string;
}

/**
 * What every error of Quiesce's own extends, but for {@link HandleTypeError} and {@link AbortError}. The `code` is
 * the contract: two copies of the package have two sets of classes.
 */
export abstract class QuiesceError extends Error {
  protected constructor();
  readonly code: string;
}

/** Freeing of the handle began, or ended long ago; or the wrapper was detached. */
export class HandleFreedError extends QuiesceError {
  protected constructor();
  readonly code: 'ERR_HANDLE_FREED';
}

/** The number was never a token of this addon in this process. */
export class HandleInvalidError extends QuiesceError {
  protected constructor();
  readonly code: 'ERR_HANDLE_INVALID';
}

/** The token is one of another class. */
export class HandleTypeError extends TypeError {
  protected constructor();
  readonly code: 'ERR_HANDLE_TYPE';
}

/** `freeSync()` would wait for an op that this thread itself is in. */
export class WouldDeadlockError extends QuiesceError {
  protected constructor();
  readonly code: 'ERR_WOULD_DEADLOCK';
}

/** `leave()` without an enter of this thread. */
export class NotEnteredError extends QuiesceError {
  protected constructor();
  readonly code: 'ERR_NOT_ENTERED';
}

/** Too many live handles, ops or pending calls, or no memory for more handles. */
export class HandleLimitError extends QuiesceError {
  protected constructor();
  readonly code: 'ERR_HANDLE_LIMIT';
}

/** The resource's Close failed or panicked; `cause` tells how. The handle is gone all the same. */
export class ReleaseFailedError extends QuiesceError {
  protected constructor();
  readonly code: 'ERR_RELEASE_FAILED';
  readonly cause: unknown;
}

/** A Go panic in a method, or a goroutine that ended itself. The handle goes on. */
export class GoPanicError extends QuiesceError {
  protected constructor();
  readonly code: 'ERR_GO_PANIC';
  /** The stack on Go's side; absent when `runtime.Goexit` was called. */
  readonly goStack?: string;
}

/** The op's signal has aborted it; `cause` is the signal's reason. */
export class AbortError extends Error {
  protected constructor();
  readonly code: 'ABORT_ERR';
  readonly cause: unknown;
}
