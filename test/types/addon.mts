// The entry quiesce/addon.

import type { Handle as Own } from 'quiesce';
import { type Handle, HandleFreedError, handles, type Iteration, load, type Token } from 'quiesce/addon';
import { exactly } from './helpers.mjs';

exactly<Record<string, unknown>>()(load('/some/addon.node'));
// @ts-expect-error: a path is a string
load(new URL('file:///some/addon.node'));
// @ts-expect-error: a path is needed
load();

declare const handle: Handle;
handle satisfies Own;
exactly<Token>()(handle.token);
exactly<Token[]>()(handles().map((each) => each.token));
declare const error: unknown;
if (error instanceof HandleFreedError) exactly<'ERR_HANDLE_FREED'>()(error.code);

declare const words: Iteration<string>;
words satisfies AsyncIterable<string>;
words satisfies AsyncIterator<string>;
words satisfies AsyncDisposable;
for await (const word of words) exactly<string>()(word);
const step = await words.next();
if (!step.done) exactly<string>()(step.value);
await words.return();
// @ts-expect-error: it is iterated asynchronously
for (const word of words) console.log(word);
