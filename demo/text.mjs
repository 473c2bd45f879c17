// How numbers and tables are written.

export function format(number) {
  return Math.round(number).toLocaleString('en-US');
}

export function megabytes(bytes) {
  return `${format(bytes / 1e6)} MB`;
}

/** Lines of a table: the columns named in `left` to the left, the others to the right. */
export function table(rows, left = [0]) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (cell, i) => (left.includes(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}
