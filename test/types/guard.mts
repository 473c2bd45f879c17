// Guard and GuardOp.

import { Guard, type GuardOp, type Handle } from 'quiesce';
import { exactly } from './helpers.mjs';

const guard = new Guard();
guard satisfies Handle;
// @ts-expect-error: a new guard takes nothing
new Guard(1);

exactly<boolean>()(guard.tryEnter());
exactly<void>()(guard.leave());
// @ts-expect-error: tryEnter() takes nothing
guard.tryEnter(1);
// @ts-expect-error: leave() takes nothing
guard.leave(1);

const op = guard.enter();
exactly<GuardOp>()(op);
exactly<void>()(op.leave());
exactly<void>()(op[Symbol.dispose]());
op satisfies Disposable;
// @ts-expect-error: an op is left at once, not awaited
op satisfies AsyncDisposable;
// @ts-expect-error: an op is no handle
op.free();

exactly<number>()(guard.run(() => 1));
exactly<void>()(guard.run(() => {}));
exactly<Promise<string>>()(guard.run(async () => 'x'));
exactly<Promise<string>>()(guard.run((): PromiseLike<string> => Promise.resolve('x')));
exactly<number | Promise<string>>()(guard.run((): number | Promise<string> => 1));
// @ts-expect-error: run() needs a function
guard.run();
// @ts-expect-error: a promise is no function
guard.run(Promise.resolve(1));
// @ts-expect-error: the function is called without arguments
guard.run((n: number) => n);

export function used(): void {
  using entered = guard.enter();
  entered.leave();
}
