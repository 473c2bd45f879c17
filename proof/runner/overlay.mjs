// Sources with something changed: what go build's -overlay puts in place of the repository's own files.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, root } from '../../cli/run.mjs';

/** The text with one part of it replaced. That it is there exactly once is demanded: else a control controls nothing. */
export function replaceOnce(text, from, to, where) {
  const places = text.split(from).length - 1;
  if (places !== 1)
    throw new Failure(`${where} has ${places} times, not once, what is changed there: ${from.trim()}`);
  return text.replace(from, () => to);
}

/** Writes the files, text or bytes by their paths in the repository, into a folder; returns their paths by the originals'. */
export function writeCopies(folder, files) {
  const copies = {};
  for (const [file, content] of Object.entries(files)) {
    const copy = path.join(folder, file);
    mkdirSync(path.dirname(copy), { recursive: true });
    writeFileSync(copy, content);
    copies[path.join(root, file)] = copy;
  }
  return copies;
}

/** The same for go's -overlay; returns what that takes. */
export function writeOverlay(folder, files) {
  const Replace = writeCopies(folder, files);
  const overlay = path.join(folder, 'overlay.json');
  writeFileSync(overlay, JSON.stringify({ Replace }));
  return overlay;
}
