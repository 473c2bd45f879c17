export {
  AbortError,
  type Bytes,
  type FreeAllResult,
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
  type OpInfo,
  type Outcome,
  QuiesceError,
  ReleaseFailedError,
  type ShareOptions,
  type SignalOptions,
  type Stats,
  stats,
  type Token,
  WouldDeadlockError,
} from '../index.js';

/**
 * Loads an addon that `quiesce build` has made, for this thread. The entries that are generated beside it call it.
 *
 * Sync.
 *
 * @param file - The absolute path of the `.node` file.
 * @returns Its classes and functions, by name.
 * @throws Error `ERR_ADDON_UNAVAILABLE` when there is no such file, or it is for another platform.
 * @throws Error `ERR_ADDON_VERSION` when the Quiesce that has built it does not go with this one.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for what is not an absolute path.
 */
export function load(file: string): Record<string, unknown>;
