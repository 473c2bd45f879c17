// The tests of pages, test/page/, in Debian's Chromium: npm run test:page. It is installed where it is missing, if
// that is possible. CHROMIUM names another one.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { capture, Failure } from '../cli/run.mjs';
import { ensureInstalled } from './install.mjs';
import { runTestFiles } from './jstest.mjs';
import { main, run } from './run.mjs';

const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';

function ensureBrowser() {
  if (existsSync(browser)) return;
  const why = `There is no browser at ${browser}`;
  if (process.env.CHROMIUM) throw new Failure(`${why}, where CHROMIUM says.`);
  if (capture('apt-get', ['--version']).missing || process.getuid?.() !== 0) {
    throw new Failure(`${why}. Install Debian's package chromium, or name another one by CHROMIUM.`);
  }
  console.log(`${why}: installing it with apt-get.`);
  run('apt-get', ['update', '-q']);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium']);
}

await main(async () => {
  ensureInstalled();
  run(process.execPath, ['scripts/ensure.mjs', 'quiesce']);
  ensureBrowser();
  await runTestFiles({ folder: path.join('test', 'page') });
});
