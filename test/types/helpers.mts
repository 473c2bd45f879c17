// What the type tests share. Nothing here ever runs: tsc checks it.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the value's type is exactly Expected: exactly<number>()(value). */
export declare function exactly<Expected>(): <Actual>(
  value: Actual,
  ...proof: Same<Actual, Expected> extends true ? [] : ['the type differs', Actual]
) => void;
