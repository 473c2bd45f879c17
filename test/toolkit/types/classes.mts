// The classes that a build makes: constructors, static methods, what comes from Handle.

import { GoPanicError, type Handle, handles, type Iteration, type Token } from 'quiesce/addon';
import {
  Counter,
  countLives,
  Failer,
  Folder,
  IntSet,
  type Lives,
  Note,
  noteOn,
  Shelf,
  StringSet,
  shoutOut,
  Tally,
  Watcher,
} from '../../../build/toolkit/shapes/index.mjs';
import { exactly } from '../../types/helpers.mjs';

const folder = new Folder('f');
folder satisfies Handle;
exactly<string>()(folder.name());
exactly<Token>()(folder.token);
exactly<Folder>()(Folder.attach(folder.token));
exactly<Folder | null>()(folder.sub('a'));
exactly<Promise<Folder | null>>()(folder.subLater('a', 1, { signal: AbortSignal.timeout(1) }));
exactly<Folder>()(Folder.openIn(folder, 'a'));
exactly<Promise<Folder>>()(Folder.load('a', 1));
exactly<Note | null>()(noteOn(folder, 'a'));
exactly<boolean>()(folder.is(folder));
exactly<Promise<boolean>>()(folder.compare(folder, 1, {}));
// @ts-expect-error: a name is a string
new Folder(5);
// @ts-expect-error: a folder needs a name
new Folder();
// @ts-expect-error: and nothing else
new Folder('a', 'b');
// @ts-expect-error: another class
folder.is(Shelf.open('s'));
// @ts-expect-error: a handle is no null
folder.is(null);
// @ts-expect-error: it may be null
folder.sub('a').name();
// @ts-expect-error: Close is no method
folder.close();
// @ts-expect-error: nor is what is unexported
folder.parentFolder();
// @ts-expect-error: an async method takes a signal in an object
folder.subLater('a', 1, AbortSignal.timeout(1));

exactly<Promise<Shelf>>()(Shelf.create('s', { signal: AbortSignal.timeout(1) }));
exactly<Shelf>()(Shelf.fromFile('s'));
exactly<Shelf>()(Shelf.construct('s'));
exactly<string>()(Shelf.open('s').andThen('x'));
exactly<number>()(Shelf.open('s').weight());
exactly<void>()(Shelf.open('s').void());
exactly<Promise<void>>()(Shelf.open('s').tryLater(false));
// @ts-expect-error: it is made by static methods
new Shelf('s');
// @ts-expect-error: it is returned by others
new Note();
// @ts-expect-error: so nobody extends it
class _Mine extends Shelf {}
// @ts-expect-error: it has another name
Shelf.buildShelf('s');
// @ts-expect-error: it is skipped
Shelf.open('s').secret();
// @ts-expect-error: it is of another module
Shelf.open('s').lock();

class Mine extends Folder {
  extra = 1;
}
exactly<number>()(new Mine('m').extra);
folder.is(new Mine('m'));

exactly<number>()(new Counter(1).step());
exactly<number>()(new Tally().count('a'));
exactly<string[] | null>()(new StringSet('a', 'b').items());
exactly<number>()(new IntSet('n').add(1, 2));
// @ts-expect-error: of strings
new StringSet('a').add(1);
// @ts-expect-error: of numbers
new IntSet('n').add('1');
new Watcher((text) => exactly<string>()(text));
exactly<Promise<Failer>>()(Failer.open('none'));

exactly<string>()(shoutOut('a'));
exactly<Lives>()(countLives());
exactly<number>()(countLives().opened);

// @ts-expect-error: its name is another
import { shout } from '../../../build/toolkit/shapes/index.mjs';

export function told(error: unknown): string | undefined {
  return error instanceof GoPanicError ? error.goStack : `${handles().length} ${shout}`;
}

export async function disposed(iteration: Iteration<number>): Promise<void> {
  using borrowed = Folder.attach(folder.token);
  await using own = new Folder('own');
  await using given = iteration;
  borrowed.is(own);
  await given.next();
}
