// Finds the tests that carry numbers of faults. In JS the name begins with them, `FAULTS 2, 3: ...`; in Go the comment
// above the function does, or its own name, TestFault3_...

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { sourceFiles } from '../../scripts/stamp.mjs';

const numbers = String.raw`\d+(?:, \d+)*`;
const jsTest = new RegExp(String.raw`\btest(?:Alone)?\(\s*(['"\`])FAULTS (${numbers}): (.*?)\1,`, 'g');
const goTest = /^((?:\/\/.*\n)*)func (Test(?:Fault(\d+)_)?\w+)\(/gm;
const goComment = new RegExp(String.raw`\bFAULTS (${numbers})`);

/** Every such test: { language, file, name, rows, isControl }. */
export function findTests() {
  return [...jsTests(), ...goTests()];
}

function jsTests() {
  const files = readdirSync(path.join(root, 'test')).filter((name) => name.endsWith('.test.js'));
  return files.sort().flatMap((name) => {
    const file = `test/${name}`;
    const text = readFileSync(path.join(root, file), 'utf8');
    return Array.from(text.matchAll(jsTest), ([, , list, title]) => ({
      language: 'js',
      file,
      name: title.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll('\\', ''),
      rows: rowsOf(list),
      isControl: title.startsWith('the control: '),
    }));
  });
}

/** Those of the main module, which one `go test` runs. */
function goTests() {
  const files = sourceFiles().filter((file) => file.endsWith('_test.go'));
  return files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return [...text.matchAll(goTest)].flatMap(([, comment, name, number]) => {
      const list = number ?? goComment.exec(comment)?.[1];
      return list ? [{ language: 'go', file, name, rows: rowsOf(list), isControl: false }] : [];
    });
  });
}

function rowsOf(list) {
  return list.split(', ').map(Number);
}
