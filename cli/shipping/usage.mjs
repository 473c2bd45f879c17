// What the command line needs of `quiesce package` before it runs.

import { targets } from '../targets.mjs';

export const options = {
  target: { type: 'string', multiple: true },
  out: { type: 'string' },
  packages: { type: 'string' },
  assemble: { type: 'boolean' },
  workflow: { type: 'boolean' },
  verbose: { type: 'boolean' },
};

export const help = `Usage: quiesce package [FOLDER] [--target NAME]... [--packages DIR] [--assemble] [--workflow]

Makes what is published of an npm package whose addon 'quiesce build' makes, so that users need no compiler: a package
for each platform with its binary, the package itself, which depends on them, and SHA256SUMS.

  FOLDER          the folder of the Go package (default: the current one)
  --target NAME   build for it: ${targets.map((each) => each.name).join(', ')};
                  may be repeated (default: this platform)
  --packages DIR  where the packages go (default: packages, beside package.json)
  --out DIR       where the entries go that the package itself has, as for build (default: dist)
  --assemble      no platform: make the rest around those that are in DIR, as from other machines
  --workflow      write .github/workflows/release.yml, which does all that on hosted runners, and nothing else
  --verbose       tells each step and how long it took

It needs Go and a C compiler for each target: gcc or clang here, and for another platform the one that Debian packs
or that CC_FOR_linux_arm64, CC_FOR_windows_amd64 and so on name.
`;
