// SHA256SUMS, as sha256sum writes it and `sha256sum --check` reads it.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes `folder`/SHA256SUMS of these files in it, given by their names. */
export function writeChecksums(folder, names) {
  const lines = names.toSorted().map((name) => `${digestOf(path.join(folder, name))}  ${name}\n`);
  writeFileSync(path.join(folder, 'SHA256SUMS'), lines.join(''));
}

function digestOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
