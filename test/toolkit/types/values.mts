// Values of all kinds, as arguments and as results.

import type { Bytes, Iteration, SignalOptions } from 'quiesce/addon';
import * as shapes from '../../../build/toolkit/shapes/index.mjs';
import { exactly } from '../../types/helpers.mjs';

declare const bytes: Bytes;
declare const signal: AbortSignal;
declare const everything: shapes.Everything;
declare const optional: shapes.Optional;

exactly<number>()(new shapes.Int8Probe().echo(1));
exactly<bigint>()(new shapes.Int64Probe().echo(1));
exactly<bigint>()(new shapes.Int64Probe().echo(1n));
exactly<Buffer>()(new shapes.BytesProbe().echo(new ArrayBuffer(1)));
exactly<Buffer>()(new shapes.BytesProbe().echo(bytes));
exactly<Date>()(new shapes.TimeProbe().echo(new Date()));
exactly<number>()(new shapes.DurationProbe().echo(1.5));
exactly<'en' | 'de'>()(new shapes.LangProbe().echo('de'));
exactly<0 | 1>()(new shapes.LevelProbe().echo(0));
exactly<number>()(new shapes.IDProbe().echo(1));
exactly<boolean[] | null>()(new shapes.BoolProbe().echoRest(true, false));
exactly<string | null>()(new shapes.StringProbe().echoPointer(null));
exactly<number>()(shapes.numberOf('1', 1));
exactly<bigint>()(shapes.uint64Of('1'));
// @ts-expect-error: a number
new shapes.Int8Probe().echo(1n);
// @ts-expect-error: not a string
new shapes.Int64Probe().echo('1');
// @ts-expect-error: no such language is declared
new shapes.LangProbe().echo('fr');
// @ts-expect-error: a number, by its directive
new shapes.IDProbe().echo(1n);
// @ts-expect-error: bytes are no string
new shapes.BytesProbe().echo('text');
// @ts-expect-error: no number
new shapes.TimeProbe().echo(0);
// @ts-expect-error: undefined is no null
new shapes.StringProbe().echoPointer(undefined);

exactly<shapes.Everything>()(shapes.echoEverything(everything));
exactly<shapes.Point | null>()(everything.pointer);
exactly<number | null>()(everything.scalar);
exactly<number[][]>()(everything.grid);
exactly<Uint8Array>()(everything.hash);
exactly<Record<string, shapes.PairStringInt> | null>()(everything.byLang);
exactly<Record<string, (Record<string, shapes.Point | null> | null)[] | null> | null>()(everything.deep);
exactly<bigint>()(everything.big);
exactly<number>()(everything.tagged);
exactly<{ A: number; B: { C: boolean }[] | null }>()(everything.inline);
exactly<string>()(everything['-']);
exactly<string>()(everything['weird name']);
// @ts-expect-error: json:"-"
everything.Hidden;
// @ts-expect-error: unexported
everything.secret;
// @ts-expect-error: may be null
everything.list.length;

exactly<string | undefined>()(optional.text);
exactly<string>()(optional.required);
shapes.echoOptional({ required: '' });
shapes.echoOptional({ required: '', text: undefined, at: new Date(), pointer: null });
// @ts-expect-error: it must be there
shapes.echoOptional({ text: '' });
// @ts-expect-error: of another type
shapes.echoOptional({ required: '', count: '1' });
// @ts-expect-error: no such property
shapes.echoOptional({ required: '', other: 1 });
shapes.echoEmbedded({ id: 1, inner: '', named: { id: 1, kind: '' }, own: true });
exactly<string | undefined>()(shapes.embeddedOf('{}').note);
exactly<number>()(shapes.echoShadow({ id: 1, kind: 2 }).kind);
exactly<shapes.Tree[] | undefined | null>()(shapes.echoTree({ name: '' }).children);
exactly<shapes.PairPairStringInt64Entry[] | null>()(
  shapes.echoPairs([{ first: { first: '', second: 1n }, second: null }]),
);
exactly<(shapes.Entry | null)[]>()(shapes.echoArray([null, null, null]));
exactly<Record<string, shapes.Entry> | null>()(shapes.echoMap({ a: { word: '', count: 1 } }));

const task = new shapes.Task();
new shapes.Task({ label: 'l' });
new shapes.Task(null);
exactly<Promise<string>>()(task.run('a', { label: 'l', signal }));
exactly<Promise<string>>()(task.run('a'));
exactly<Promise<string>>()(task.sleep(1, { signal }));
exactly<string>()(task.configure('a', { at: { X: 1, Y: 2 } }));
exactly<string>()(task.join('-', 'a', 'b'));
exactly<Promise<string>>()(task.joinLater('-', 'a', 'b', { signal }));
exactly<Promise<string>>()(task.joinLater('-'));
exactly<bigint>()(task.addUp(1, 2n));
// @ts-expect-error: without a context there is no signal
task.configure('a', { signal });
// @ts-expect-error: no such option
task.run('a', { labl: 'l' });
// @ts-expect-error: it must be there
task.runStrict({ signal });
// @ts-expect-error: the parts are strings
task.join('-', 1);
// @ts-expect-error: nothing follows the options
task.joinLater('-', { signal }, 'a');

const source = new shapes.Source();
exactly<Iteration<number>>()(source.numbers(1));
exactly<Iteration<shapes.Entry>>()(source.entriesOf(1, 'none', { signal }));
exactly<Iteration<Buffer>>()(source.chunks(1, 1));
exactly<Iteration<string>>()(source.split('-', 'a', { signal } satisfies SignalOptions));
exactly<Iteration<bigint>>()(source.stamps(1));
exactly<Iteration<number>>()(shapes.rangeOf(0, 1));
exactly<Promise<IteratorResult<number>>>()(source.numbers(1).next());
exactly<Promise<IteratorResult<number>>>()(source.numbers(1).return());
// @ts-expect-error: it is async
for (const _ of source.numbers(1));

export async function sum(): Promise<number> {
  let total = 0;
  for await (const item of source.numbers(3)) total += item;
  // @ts-expect-error: an entry is no number
  for await (const item of source.entries(3, 'none')) total += item;
  return total;
}

const bell = new shapes.Bell();
bell.ring(1, (i) => exactly<number>()(i));
bell.none(() => {});
bell.three((list, map, at) => {
  exactly<number[] | null>()(list);
  exactly<Record<string, 'en' | 'de'> | null>()(map);
  exactly<Date>()(at);
});
bell.four((stamp, data, point, flags) => {
  exactly<bigint>()(stamp);
  exactly<Buffer>()(data);
  exactly<shapes.Point | null>()(point);
  exactly<boolean[]>()(flags);
});
exactly<Promise<number>>()(bell.ringLater(1, () => {}, { signal }));
bell.ring(1, async () => {});
// @ts-expect-error: it is called with a number
bell.ring(1, (text: string) => text);
// @ts-expect-error: a function
bell.ring(1, null);
