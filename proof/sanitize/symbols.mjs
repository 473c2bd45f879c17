// Names for the frames that a sanitizer's runtime left without one: it knows the libraries that were there when it
// wrote its first report, and an addon may have been loaded since.

import path from 'node:path';
import { capture, Failure } from '../../cli/run.mjs';

const unnamed = /^( *#\d+ )(?:0x[0-9a-f]+ +)?(?:\S+ <null> )?\((?:\S*\/)?(\w[\w-]*\.node)\+(0x[0-9a-f]+)\)/gm;

/** Writes function, file and line into every frame of the addons; `addons` are the paths of all that were loaded. */
export function nameFrames(text, addons) {
  const addresses = new Map(addons.map((file) => [path.basename(file), new Map()]));
  for (const [, , addon, address] of text.matchAll(unnamed)) addresses.get(addon)?.set(address, undefined);
  for (const file of addons) look(file, addresses.get(path.basename(file)));
  return text.replace(unnamed, (frame, number, addon, address) => {
    const place = addresses.get(addon)?.get(address);
    return place ? `${number}${place} (${addon}+${address})` : frame;
  });
}

/** Looks the addresses up in one file: address -> 'function file:line', or undefined where it lacks either. */
function look(file, places) {
  const addresses = [...places.keys()];
  if (addresses.length === 0) return;
  // Not addr2line: that of binutils 2.40 finds no lines beside the DWARF 5 of Go.
  const options = ['--output-style=GNU', '--no-inlines', '-e', file];
  const { missing, status, stdout, stderr } = capture('llvm-symbolizer', options, {
    input: addresses.join('\n'),
  });
  if (missing) throw new Failure('There is no llvm-symbolizer, which names the frames of a report.');
  // It ends with 0 and answers '??' as well where it could not read the file.
  if (status !== 0 || stderr !== '')
    throw new Failure(`llvm-symbolizer did not read ${path.basename(file)}: ${stderr}`);
  const lines = stdout.split('\n');
  addresses.forEach((address, i) => {
    const [name, place] = [lines[2 * i], lines[2 * i + 1]];
    if (name !== '??' && !place.startsWith('??'))
      places.set(address, `${name} ${place.replace(/ \(discriminator \d+\)$/, '')}`);
  });
}
