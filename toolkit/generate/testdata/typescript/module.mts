// What the types of a generated package allow and refuse.

import type { Handle, Token } from 'quiesce/addon';
import { addon, Text, Type } from './names/index.mjs';
import { afterwards, count, Cursor, free, type Item, type Lang, Shape, StringSet, Values } from './shapes/index.mjs';

const { signal } = new AbortController();

// A class is a handle. Without a constructor it cannot be made.
const shape: Shape & Handle = new Shape();
const token: Token = shape.token;
const attached: Shape = Shape.attach(token);
const opened: Shape = Shape.open('path', { limit: 1, timeout: 5, tags: null, deep: { limit: 2 } });
const created: Promise<Shape> = Shape.create({ signal });
Shape.open('path');
Shape.open('path', null);
// @ts-expect-error
new Cursor();
// @ts-expect-error: options that the struct does not have
Shape.open('path', { signal });
// @ts-expect-error
Shape.open();

// Single values.
const flag: boolean = shape.bool(true);
const big: bigint = shape.int64(1);
shape.int64(1n);
const number: number = shape.int64AsNumber(1, 2);
// @ts-expect-error
shape.int64AsNumber(1n, 2);
const bytes: Buffer = shape.bytes(new ArrayBuffer(1));
shape.bytes(new Uint8Array(1));
const date: Date = shape.time(new Date());
const wait: number = shape.wait(1.5);
const lang: Lang = shape.lang('en');
// @ts-expect-error: not among the constants
shape.lang('fr');
shape.flags(3);
shape.id(1);
shape.big(1n);
const child: Cursor | null = shape.child(1);
const later: Promise<Buffer> = shape.laterBytes({ signal });

// Composite values.
const values: Promise<Values> = Values.create(null);
const v = await values;
const item: Item = {
  ...shape.tryEntry(),
  'by-name': null,
  ByLang: { en: null },
  Anon: { A: 1 },
  Few: [1],
  Counts: [1n],
  Data: Buffer.alloc(1),
};
const items: Item[] | null = v.slice([item]);
const maybe: Item | null = v.pointer(null, 1);
const list: Record<string, bigint> | null = v.bigints([1, 2n], [3, 4n]);
// @ts-expect-error: a property is missing
v.struct({ note: '' });
v.optionalLater({ limit: 1, signal });
v.optionalLater();
v.rest('a', 'b', 'c');
v.restLater(true, 'en', 'de', { signal });
v.restLater(true, 'en');
v.restLater(true);
// @ts-expect-error: the signal is last
v.restLater(true, { signal }, 'en');
v.handles(shape, v);
// @ts-expect-error: null is no handle
v.handles(null, v);
// @ts-expect-error: another class
v.handles(v, shape);
v.each(
  (e: Item, n: number) => void [e, n],
  () => {},
  (n, b: Buffer) => void [n, b],
);
// @ts-expect-error: a callback of another type
v.each((e: string) => void e, () => {}, () => {});
const set: StringSet = new StringSet();
const merged: StringSet | null = v.merge(set);

// Iteration.
for await (const each of v.seq2(new Date(), { signal })) each satisfies Item;
for await (const each of v.chan()) each satisfies bigint;
for await (const each of count(1, { signal })) each satisfies number;
const iteration: AsyncIterable<Buffer> = v.seq2Fail();

// Functions.
const freed: string = free(shape, 1);
const after: Promise<Item[] | null> = afterwards(null, { signal });

// Names that hide those of the language.
const type: Promise<Type> = Type.create();
new Text();
addon();

export { after, attached, big, bytes, child, created, date, flag, freed, items, iteration, lang, later, list, maybe };
export { merged, number, opened, type, wait };
