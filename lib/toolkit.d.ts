export {
  AbortError,
  type Bytes,
  type FreeAllResult,
  type FreeMessage,
  type FreeOptions,
  freeAll,
  GoPanicError,
  Handle,
  HandleFreedError,
  type HandleInfo,
  HandleInvalidError,
  HandleLimitError,
  type HandleState,
  HandleTypeError,
  handles,
  type LeakMessage,
  metrics,
  type OpenMessage,
  type OpInfo,
  type Outcome,
  QuiesceError,
  ReleaseFailedError,
  type ShareOptions,
  type SignalOptions,
  type Stats,
  stats,
  type TimeoutMessage,
  type Token,
  WouldDeadlockError,
} from '../index.js';

/**
 * What a Go iterator or channel becomes: an async iterator, for `for await` and by hand. Go's function is called at
 * the first `next()`, and waits when 256 items, or 256 KiB, are there to be fetched.
 */
export interface Iteration<T> extends AsyncIterableIterator<T> {
  /**
   * The next item. Calls that overlap are answered in their order. After the last item, a failure or `return()` it
   * is `{ done: true }`.
   *
   * Rejects with what Go failed with, with {@link HandleFreedError} when the object is freed, and with
   * {@link AbortError}.
   */
  next(): Promise<IteratorResult<T>>;

  /** Gives the iteration up: cancels Go's context and waits until Go's function has returned. */
  return(value?: unknown): Promise<IteratorResult<T>>;

  /** Gives the iteration up and rejects with the error. */
  throw(error?: unknown): Promise<IteratorResult<T>>;

  [Symbol.asyncIterator](): this;

  /** The same as `return()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads an addon that `quiesce build` has made, for this thread. The entries that are generated beside it call it.
 *
 * Sync.
 *
 * @param file - The absolute path of the `.node` file.
 * @param published - The name of the npm package around it. If its package for this platform, `NAME-PLATFORM-ARCH`, is
 *   installed, the addon is taken from there by the same file name, and `file` need not exist.
 * @returns Its classes and functions, by name.
 * @throws Error `ERR_ADDON_UNAVAILABLE` when there is no such file, or it is for another platform.
 * @throws Error `ERR_ADDON_VERSION` when the Quiesce that has built it does not go with this one.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for what is not an absolute path.
 */
export function load(file: string, published?: string): Record<string, unknown>;
