import bus from './index.js';

export const {
  AbortError,
  Bus,
  BusEvent,
  GoPanicError,
  Handle,
  HandleFreedError,
  HandleInvalidError,
  HandleLimitError,
  HandleTypeError,
  QuiesceError,
  ReleaseFailedError,
  Subscription,
  Topic,
  WouldDeadlockError,
  freeAll,
  handles,
  metrics,
  stats,
} = bus;
