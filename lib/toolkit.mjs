import toolkit from './toolkit.js';

export const {
  AbortError,
  GoPanicError,
  Handle,
  HandleFreedError,
  HandleInvalidError,
  HandleLimitError,
  HandleTypeError,
  QuiesceError,
  ReleaseFailedError,
  WouldDeadlockError,
  freeAll,
  handles,
  load,
  metrics,
  stats,
} = toolkit;
