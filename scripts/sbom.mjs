// Software bills of materials, in CycloneDX's format, without what differs from run to run.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmOutput } from '../cli/npm.mjs';
import { root } from '../cli/run.mjs';
import { run } from './run.mjs';

// Run without a line in go.mod, as staticcheck is. It reads what Go's linker has written into a binary.
const cyclonedx = 'github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0';

/** Writes the bill of a binary. */
export function writeBinaryBill(file, out, version) {
  mkdirSync(path.dirname(out), { recursive: true });
  const fixed = ['-json', '-noserial', '-notimestamp', '-std', '-version', version];
  run('go', ['run', cyclonedx, 'bin', ...fixed, '-output', out, file], {
    env: { ...process.env, GOFLAGS: '-mod=mod' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const bill = JSON.parse(readFileSync(out, 'utf8'));
  for (const tool of bill.metadata.tools) delete tool.hashes; // of the tool as it was compiled here
  writeBill(out, bill);
}

/** Writes the bill of the package's JavaScript, from package-lock.json. */
export async function writePackageBill(out, name) {
  mkdirSync(path.dirname(out), { recursive: true });
  const args = [
    'sbom',
    '--omit=dev',
    '--sbom-format=cyclonedx',
    '--sbom-type=library',
    '--package-lock-only',
  ];
  const bill = JSON.parse(await npmOutput(args, root));
  delete bill.serialNumber;
  delete bill.metadata.timestamp;
  bill.metadata.component.name = name; // npm takes the folder's
  writeBill(out, bill);
}

function writeBill(out, bill) {
  writeFileSync(out, `${JSON.stringify(bill, null, 2)}\n`);
}
