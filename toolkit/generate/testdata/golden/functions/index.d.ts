import type { SignalOptions, Bytes } from 'quiesce/addon';

/** upper returns s in capitals. */
export function upper(s: string): string;

/** later takes a signal. */
export function later(b: Bytes, options?: SignalOptions): Promise<Result | null>;

/** today names a type of another package that the generated code need not name. */
export function today(): Weekday;

/** sum sees the caller's bytes. */
export function sum(b: Bytes, weights: number[] | null): number;

/** Result has a field of its name, in its line. */
export interface Result {
  Same: number;
}

/** A Weekday specifies a day of the week (Sunday = 0, ...). */
export type Weekday = number;
