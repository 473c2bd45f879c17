// Handle: what every handle has.

import { Guard, Handle, MappedFile, type Outcome, type Token } from 'quiesce';
import { exactly } from './helpers.mjs';

declare const handle: Handle;
declare const maybe: number | undefined;

exactly<number>()(handle.token);
exactly<boolean>()(handle.freed);
// @ts-expect-error: token is read-only
handle.token = 1;
// @ts-expect-error: freed is read-only
handle.freed = true;

// @ts-expect-error: a Handle is not constructed
new Handle();
// @ts-expect-error: nor is a class with static constructors extended
class _Mine extends MappedFile {}

exactly<Promise<Outcome>>()(handle.free());
handle.free({});
handle.free({ deadline: 0 });
handle.free({ deadline: Infinity });
handle.free({ deadline: maybe });
// @ts-expect-error: the deadline is an option
handle.free(1000);
// @ts-expect-error: in ms
handle.free({ deadline: '1s' });
// @ts-expect-error: not null
handle.free({ deadline: null });
// @ts-expect-error: no such option
handle.free({ timeout: 1000 });

exactly<Outcome>()(handle.freeSync());
handle.freeSync({ deadline: 10 });
// @ts-expect-error: the deadline is an option
handle.freeSync(1000);

const outcome = handle.freeSync();
switch (outcome) {
  case 'drained':
  case 'already-freeing':
  case 'timed-out':
    break;
  default:
    exactly<never>()(outcome);
}
// @ts-expect-error: no such outcome
export const compared = outcome === 'freed';

exactly<void>()(handle.detach());
// @ts-expect-error: it takes nothing
handle.detach(true);

exactly<Token>()(handle.share());
handle.share({});
handle.share({ ttl: 100 });
handle.share({ ttl: maybe });
// @ts-expect-error: the time to live is an option
handle.share(100);
// @ts-expect-error: in ms
handle.share({ ttl: '1s' });
// @ts-expect-error: no such option
handle.share({ deadline: 100 });

exactly<Handle>()(Handle.attach(handle.token));
exactly<Guard>()(Guard.attach(handle.token));
exactly<MappedFile>()(MappedFile.attach(handle.token));
// @ts-expect-error: a token is a number
Handle.attach(String(handle.token));
// @ts-expect-error: a token is a number
Handle.attach(12n);
// @ts-expect-error: a handle is not its token
Handle.attach(handle);
// @ts-expect-error: attach() needs a token
Handle.attach();

const attached = Handle.attach(handle.token);
if (attached instanceof MappedFile) exactly<number>()(attached.size);
// @ts-expect-error: of a class that is not known
attached.size;

exactly<void>()(handle[Symbol.dispose]());
exactly<Promise<void>>()(handle[Symbol.asyncDispose]());
handle satisfies Disposable & AsyncDisposable;

export async function disposed(): Promise<void> {
  using borrowed = Guard.attach(handle.token);
  await using file = await MappedFile.open('x');
  borrowed.tryEnter();
  file.read();
}
