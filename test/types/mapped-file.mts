// MappedFile.

import { type Handle, MappedFile } from 'quiesce';
import { exactly } from './helpers.mjs';

declare const signal: AbortSignal;
declare const maybe: AbortSignal | undefined;

exactly<Promise<MappedFile>>()(MappedFile.open('x'));
MappedFile.open(new URL('file:///x'), {});
MappedFile.open('x', { signal });
MappedFile.open('x', { signal: maybe });
// @ts-expect-error: open() needs a path
MappedFile.open();
// @ts-expect-error: no file descriptor
MappedFile.open(3);
// @ts-expect-error: no Buffer as a path
MappedFile.open(Buffer.from('x'));
// @ts-expect-error: the signal is an option
MappedFile.open('x', signal);
// @ts-expect-error: a controller is not its signal
MappedFile.open('x', { signal: new AbortController() });
// @ts-expect-error: files are opened, not constructed
new MappedFile('x');

const file = await MappedFile.open('x');
file satisfies Handle;
exactly<number>()(file.size);
// @ts-expect-error: size is read-only
file.size = 0;

exactly<Buffer>()(file.read());
file.read(1);
file.read(1, 2);
file.read(undefined, 2);
// @ts-expect-error: offsets are numbers
file.read(1n);
// @ts-expect-error: read() is sync and takes no options
file.read(0, 1, { signal });

exactly<Promise<number>>()(file.count('x'));
file.count('x', { signal });
file.count('x', { signal: maybe });
file.count(Buffer.from('x'));
file.count(new Uint16Array(2));
file.count(new DataView(new ArrayBuffer(1)));
file.count(new ArrayBuffer(1));
file.count(new SharedArrayBuffer(1));
// @ts-expect-error: count() needs a pattern
file.count();
// @ts-expect-error: no regular expressions
file.count(/x/);
// @ts-expect-error: no list of bytes
file.count([120]);
// @ts-expect-error: no such option
file.count('x', { from: 0 });

exactly<Promise<number>>()(file.indexOf('x'));
exactly<Promise<number>>()(file.indexOf('x', 1));
exactly<Promise<number>>()(file.indexOf('x', 1, { signal }));
exactly<Promise<number>>()(file.indexOf('x', { signal }));
file.indexOf('x', undefined, { signal });
file.indexOf(new Uint8Array(1), {});
// @ts-expect-error: indexOf() needs a pattern
file.indexOf();
// @ts-expect-error: options come last
file.indexOf('x', { signal }, 1);
// @ts-expect-error: offsets are numbers
file.indexOf('x', '1');

exactly<Promise<string[]>>()(file.lines());
file.lines(1);
file.lines(1, 2);
file.lines(1, 2, { signal });
file.lines(undefined, undefined, { signal: maybe });
file.lines({ signal });
// @ts-expect-error: line numbers are numbers
file.lines('1');
