// What the demo and the benchmarks need, on a fresh clone too: node scripts/ensure.mjs VARIANT...

import { build } from './addons.mjs';
import { ensureInstalled } from './install.mjs';
import { main } from './run.mjs';

main(() => {
  ensureInstalled();
  build(process.argv.slice(2));
});
