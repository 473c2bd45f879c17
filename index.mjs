import quiesce from './index.js';

export const {
  AbortError,
  GoPanicError,
  Guard,
  Handle,
  HandleFreedError,
  HandleInvalidError,
  HandleLimitError,
  HandleTypeError,
  MappedFile,
  NotEnteredError,
  QuiesceError,
  ReleaseFailedError,
  WouldDeadlockError,
  freeAll,
  handles,
  metrics,
  stats,
} = quiesce;
