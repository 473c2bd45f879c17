/// <reference types="node" />

/**
 * Package shapes has every shape that can cross.
 *
 * ### More
 *
 * It has a list:
 *
 * - of one
 * - and two
 *
 * and code, with the end of a comment *\/ in it:
 *
 * ```
 * s := shapes.New()
 * ```
 *
 * @packageDocumentation
 */
import { Handle, type Token, type SignalOptions, type Bytes, type Iteration } from 'quiesce/addon';

/**
 * A Shape has scalars. See {@link Shape.bool}, {@link Shape}, {@link Lang}, {@link free} and [Nothing].
 * More is at https://example.com/shapes and in [the guide](https://example.com/guide).
 */
export class Shape extends Handle {
  /**
   * new Shape makes a shape.
   *
   * It has no options.
   *
   * @deprecated Use {@link Shape.open}.
   * It has a path.
   */
  constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token): Shape;

  /** create has a context, but no usual name. */
  static create(options?: SignalOptions): Promise<Shape>;

  /** open opens a shape. */
  static open(path: string, opts?: Options | null): Shape;

  /** loadFrom loads a shape. */
  static loadFrom(path: string, options?: SignalOptions): Promise<Shape>;

  /** bool adds. */
  bool(v: boolean): boolean;

  string(v: string): string;

  float64(v: number): number;

  float32(v: number): number;

  int8(v: number): number;

  int16(v: number): number;

  int32(v: number): number;

  rune(v: number): number;

  int(v: number): number;

  int64(v: bigint | number): bigint;

  uint8(v: number): number;

  byte(v: number): number;

  uint16(v: number): number;

  uint32(v: number): number;

  uint(v: number): number;

  uint64(v: bigint | number): bigint;

  bytes(v: Bytes): Buffer;

  time(v: Date): Date;

  wait(v: number): number;

  int64AsNumber(v: number, w: number): number;

  uint64AsNumber(v: number): number;

  numbers(v: number, ids: ID[] | null, at: Record<string, SerialNumber | null> | null): number;

  /** Named scalars convert. */
  lang(v: Lang): Lang;

  flags(v: Flags): Flags;

  id(v: ID): ID;

  big(v: Big | number): Big;

  size(v: Size | number): Size;

  raw(v: Raw): Raw;

  octets(v: Octets): Octets;

  month(v: Month): Weekday;

  level(v: Level): Level;

  ratio(v: Ratio): Ratio;

  /** Results of all kinds. */
  nothing(): void;

  fail(): void;

  try(n: number): number;

  tryEntry(): Item;

  self(): Shape | null;

  child(n: number): Cursor | null;

  later(options?: SignalOptions): Promise<void>;

  laterFail(options: string, options_?: SignalOptions): Promise<void>;

  laterBytes(options?: SignalOptions): Promise<Buffer>;

  laterChild(n: number, options?: SignalOptions): Promise<Cursor | null>;

  laterEntries(options?: SignalOptions): Promise<Item[] | null>;

  /** about tells the label. */
  about(prefix: string): string;
}

/** A Cursor has no Close. */
export class Cursor extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token): Cursor;

  /** next tells how many there are. */
  next(): number;
}

/** A Plain has a Close that cannot fail, and no other members. */
export class Plain extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token): Plain;
}

/** Values has what is encoded. */
export class Values extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token): Values;

  /** create has a context. */
  static create(first?: (Item & SignalOptions) | null): Promise<Values>;

  struct(e: Item): Item;

  pointer(e: Item | null, n: number): Item | null;

  slice(e: Item[] | null): Item[] | null;

  map(e: Record<string, Item> | null): Record<string, Item> | null;

  array(e: Item[]): Item[];

  byteArray(e: Bytes): Uint8Array;

  nested(e: ((string | null)[] | null)[] | null): (Record<string, boolean[] | null> | null)[] | null;

  bigints(e: (bigint | number)[] | null, f: (bigint | number)[]): Record<string, bigint> | null;

  bytesList(e: Bytes[] | null): Buffer[] | null;

  scalars(e: number | null, f: Lang | null, g: Date | null): number | null;

  forest(e: Forest): Forest;

  tree(e: Tree): Tree | null;

  empty(e: Empty, f: Record<string, never>): Empty;

  anonymous(e: { a: number; B: string[] | null }): { C: boolean }[] | null;

  pairs(e: PairStringInt, f: PairLangEntryList[] | null): PairStringEntry;

  foreign(e: Entry, f: Meta): Entry[] | null;

  serial(e: SerialNumber): SerialNumber[] | null;

  aliases(e: Item[] | null): Item[] | null;

  visible(e: Hidden): Hidden[] | null;

  names(e: string[] | null, f: Table): string[] | null;

  maybe(ok: boolean, e?: Item | null): void;

  /** Options that come last may be left out. */
  optional(e: Item, opts?: Options | null): number;

  optionalLater(opts?: (Options & SignalOptions) | null): Promise<Item[] | null>;

  optionalInline(o?: { Fast: boolean } | null): number;

  rest(a: string, ...b: string[]): number;

  restEntries(...e: Item[]): number;

  restBigints(...e: (bigint | number)[]): number;

  restLater(a: boolean, ...args: [...b: Lang[], options: SignalOptions] | Lang[]): Promise<number>;

  handles(a: Shape, b: Values): Shape | null;

  each(f: (e: Item, n: number) => void, done: () => void, odd: (arg1: number, arg2: Buffer) => void): void;

  progress(f: (done: bigint, total: bigint, arg3: Item | null, text: string) => void, options?: SignalOptions): Promise<void>;

  seq(options?: SignalOptions): Iteration<Item>;

  seqFail(n: number, e: Item, options?: SignalOptions): Iteration<string>;

  seq2(since: Date, options?: SignalOptions): Iteration<Item>;

  seq2Fail(options?: SignalOptions): Iteration<Buffer>;

  chan(options?: SignalOptions): Iteration<bigint>;

  chanFail(o?: (Options & SignalOptions) | null): Iteration<PairStringInt>;

  seqRest(...args: [...b: string[], options: SignalOptions] | string[]): Iteration<ID>;

  /** unnamed parameters get names. */
  unnamed(int: string, arg2: string, arg1: boolean): void;

  reserved(default_: number, class_: string, function_: boolean, new_: number | null, this_: number | null): void;

  renamed(): string;

  toSet(): StringSet | null;

  merge(a: StringSet): StringSet | null;
}

/** StringSet is a Set of strings. */
export class StringSet extends Handle {
  constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token): StringSet;

  /** add adds a value. */
  add(v: string): boolean;

  all(): string[] | null;
}

/** IntSet embeds an instance. */
export class IntSet extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token): IntSet;

  /** add adds a value. */
  add(v: number): boolean;

  all(): number[] | null;
}

/** free is a function. */
export function free(shape: Shape, n: number): string;

/** afterwards is one that JavaScript waits for. */
export function afterwards(e: Item[] | null, options?: SignalOptions): Promise<Item[] | null>;

export function findShape(name: string): Shape | null;

export function count(from: number, options?: SignalOptions): Iteration<number>;

/** Big is a bigint. */
export type Big = 1n | 2n;

/** Empty has nothing. */
export interface Empty {}

/** Entry has the name of a type of the fixture's. */
export interface Entry {
  /** id of the entry. */
  id: number;
}

/** Flags are combined. */
export type Flags = number;

/** A Forest is a list of trees. */
export type Forest = Tree[] | null;

/** Hidden has no name that another module could use. */
export interface Hidden {
  A: number;
}

export interface HiddenPart {
  Part: string;
}

/** An ID is a 64-bit integer that is a number in JavaScript. */
export type ID = number;

/** An Entry is renamed in JavaScript. */
export interface Item {
  /** note is a remark. */
  note: string;
  More?: boolean | undefined;
  FromLower: number;
  /** the word */
  Word: string;
  count: number;
  Counts: bigint[] | null;
  Few: number[] | null;
  Many: number[] | null;
  ID: ID;
  Data: Uint8Array;
  Hash: Uint8Array;
  Pair: string[];
  at: Date;
  /**
   * in all
   *
   * In milliseconds.
   */
  Took: number;
  'by-name': Record<string, number> | null;
  ByLang: Record<string, Item | null> | null;
  Anon: { A: number; B?: string | null | undefined };
  Next: Item | null;
  Other: Entry;
  '-': string;
  Bad: string;
  Hidden: HiddenPart;
}

/** A Lang is a language. */
export type Lang = 'en' | 'de';

/** A Level is a number with a name. */
export type Level = number;

/** A Meta is part of values. */
export interface Meta {
  /** note is a remark. */
  note: string;
}

/** A Month specifies a month of the year (January = 1, ...). */
export type Month = number;

/** Octets are bytes that cannot be converted. */
export type Octets = Uint8Array;

/** Options are options. */
export interface Options {
  /** limit is the most that there may be. */
  limit?: number | undefined;
  /**
   * timeout is how long it may take.
   *
   * In milliseconds.
   */
  timeout?: number | undefined;
  tags?: string[] | null | undefined;
  deep?: Options | null | undefined;
}

/** A Pair is generic. */
export interface PairLangEntryList {
  Key: Lang;
  Value: Item[] | null;
}

/** A Pair is generic. */
export interface PairStringEntry {
  Key: string;
  Value: Item | null;
}

/** A Pair is generic. */
export interface PairStringInt {
  Key: string;
  Value: number;
}

/** Ratio is a float, so its constants are not all. */
export type Ratio = number;

/** Raw are bytes. */
export type Raw = Uint8Array;

/** A Serial has a directive in another package than the author's. */
export type SerialNumber = number;

/** Size is a bigint without constants. */
export type Size = bigint;

/** Table is a map with a name. */
export type Table = Record<string, string[] | null> | null;

/** A Tree contains itself. */
export interface Tree {
  Kids: Forest;
  parent?: Tree | null | undefined;
}

/** A Weekday specifies a day of the week (Sunday = 0, ...). */
export type Weekday = number;
