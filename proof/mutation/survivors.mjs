// The mechanical mutants that no test can see, and why.

/** Each is { file, text, take, put, because }: the line that it is in, without its indent, and what is replaced. */
export const survivors = [];
