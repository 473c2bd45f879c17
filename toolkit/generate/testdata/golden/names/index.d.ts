/// <reference types="node" />

import { Handle, type Token as Token_, type SignalOptions as SignalOptions_, type Bytes as Bytes_, type Iteration } from 'quiesce/addon';

/** A Type would be a keyword as a variable; so would A, P0 and Addon be in the way. */
export class Type extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token_): Type;

  static read(): Type;

  static from(): Type;

  static newFromFile(): Type;

  static loadTyped(): Type;

  static create(options?: SignalOptions_): globalThis.Promise<Type>;

  tokens(b: Bytes_, x0: string, ctx_: string, err: string, r: string, o: string, a: string, typed: string, options?: SignalOptions_): globalThis.Promise<Token[] | null>;

  dates(d: Date, d2: Date2, r: RecordDate): globalThis.Record<string, Record> | null;

  buffers(b: Buffer): globalThis.Buffer;

  iterate(p: Promise, a: AsyncIterable, u: Uint8Array, options?: SignalOptions_): Iteration<globalThis.Date>;

  signals(s: SignalOptions, b: Bytes, q: Quoted, w: Wide, wr: Wider, st: Status, k: Kind): void;

  /** Names in JavaScript. */
  url(): void;

  htmlText(): void;

  ids(): void;

  addURLsOf(): void;

  utf8(): void;

  x509Cert(): void;

  snake_Case(): void;

  ärger(): void;

  get(): void;

  static(): void;

  async(): void;

  readonly(): void;

  toString(): number;

  delete(args: boolean, options: boolean): void;

  delete2(args: boolean, options: boolean, ...args_: [...list: string[], options_: SignalOptions_] | string[]): globalThis.Promise<void>;
}

export class A extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token_): A;

  static make(): A;
}

export class P0 extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token_): P0;
}

export class Addon extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token_): Addon;
}

/** The class String is renamed. */
export class Text extends Handle {
  constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token_): Text;

  static open(): Text;
}

export class Ä extends Handle {
  private constructor();

  /** Attaches to a handle of this class. See {@link Handle.attach}. */
  static attach(token: Token_): Ä;
}

/** addon is the name of a variable of index.mjs too. */
export function addon(): void;

export interface AsyncIterable {}

export interface Buffer {
  Raw: globalThis.Uint8Array;
}

export interface Bytes {
  Raw: globalThis.Uint8Array;
}

/** Date is the one. */
export interface Date {
  At: globalThis.Date;
}

/** Date2 has the name that a second Date would get. */
export interface Date2 {
  Other: RecordDate;
}

/** Kind has constants, but in another package than the author's. */
export type Kind = string;

export interface Part {
  Parts: Part[] | null;
}

export interface Promise {}

/** Quoted has values to be quoted. */
export type Quoted = 'it\'s' | '\\\n\u0000\u2028';

export interface Record {
  All: globalThis.Record<string, Date> | null;
}

/** A Date is not that of JavaScript. */
export interface RecordDate {
  Year: number;
  Part: Part;
}

export interface SignalOptions {
  Bytes: Bytes;
}

/** A Status has integers. */
export type Status = -1 | 1 | 2;

/** A Token has the name of a type that a class needs. */
export interface Token {
  Text: string;
}

export interface Uint8Array {}

/** Wide has the largest number. */
export type Wide = 9007199254740991 | 0;

/** Wider has one that is beyond. */
export type Wider = number;
