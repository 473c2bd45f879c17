// The error classes: their codes are literals, and instanceof narrows.

import {
  AbortError,
  GoPanicError,
  HandleFreedError,
  HandleInvalidError,
  HandleLimitError,
  HandleTypeError,
  NotEnteredError,
  QuiesceError,
  ReleaseFailedError,
  WouldDeadlockError,
} from 'quiesce';
import { exactly } from './helpers.mjs';

export function narrow(error: unknown): void {
  if (error instanceof HandleFreedError) exactly<'ERR_HANDLE_FREED'>()(error.code);
  if (error instanceof HandleInvalidError) exactly<'ERR_HANDLE_INVALID'>()(error.code);
  if (error instanceof HandleTypeError) exactly<'ERR_HANDLE_TYPE'>()(error.code);
  if (error instanceof WouldDeadlockError) exactly<'ERR_WOULD_DEADLOCK'>()(error.code);
  if (error instanceof NotEnteredError) exactly<'ERR_NOT_ENTERED'>()(error.code);
  if (error instanceof HandleLimitError) exactly<'ERR_HANDLE_LIMIT'>()(error.code);
  if (error instanceof ReleaseFailedError) exactly<'ERR_RELEASE_FAILED'>()(error.code);
  if (error instanceof GoPanicError) exactly<'ERR_GO_PANIC'>()(error.code);
  if (error instanceof AbortError) exactly<'ABORT_ERR'>()(error.code);
  if (error instanceof QuiesceError) exactly<string>()(error.code);
}

declare const freed: HandleFreedError;
freed satisfies QuiesceError;
freed satisfies Error;
// @ts-expect-error: the code is fixed
freed.code = 'ERR_HANDLE_INVALID';
// @ts-expect-error: another code
export const compared = freed.code === 'ERR_GO_PANIC';
// @ts-expect-error: errors are made by Quiesce only
new HandleFreedError();

declare const wrongClass: HandleTypeError;
wrongClass satisfies TypeError;

declare const panic: GoPanicError;
exactly<string | undefined>()(panic.goStack);

declare const release: ReleaseFailedError;
exactly<unknown>()(release.cause);

declare const aborted: AbortError;
exactly<unknown>()(aborted.cause);
