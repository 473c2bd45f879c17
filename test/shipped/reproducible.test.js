'use strict';

// Two builds of the same sources give the same bytes: in another folder, from an empty cache of Go's.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { full, root } = require('../support/addon.js');
const { startProgram } = require('../support/cli.js');
const { newPath } = require('../support/files.js');
const own = require('../../package.json');

const minute = 60_000;

/** The sources as they are here, committed or not, with what npm has installed. */
function copySources() {
  const folder = newPath('elsewhere');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const name of listed.toString().split('\0').filter(Boolean)) {
    if (fs.existsSync(path.join(root, name))) fs.cpSync(path.join(root, name), path.join(folder, name));
  }
  fs.cpSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), { recursive: true });
  return folder;
}

test('the binaries of dist/ are made again, byte by byte', async (t) => {
  const folder = copySources();
  const targets = full ? ['linux-x64', 'linux-arm64', 'win32-x64'] : ['linux-x64'];
  const names = full ? ['quiesce.node', 'bus.node'] : ['quiesce.node']; // the bus takes minutes without a cache
  const script = `
    import { buildFor } from './scripts/addons.mjs';
    import { findTarget } from './cli/targets.mjs';
    for (const target of ${JSON.stringify(targets)})
      for (const name of ${JSON.stringify(names)})
        buildFor(findTarget(target), name.replace('.node', ''), 'made/' + target + '/' + name);
  `;
  fs.writeFileSync(path.join(folder, 'again.mjs'), script);
  const env = { GOCACHE: newPath('cache') };
  const running = startProgram(process.execPath, ['again.mjs'], { cwd: folder, env, timeout: 20 * minute });
  const { code, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  for (const target of targets) {
    const tarball = path.join(root, 'dist', `quiesce-${target}-${own.version}.tgz`);
    for (const name of names) {
      const options = { maxBuffer: 1e8 };
      const published = execFileSync('tar', ['-xzOf', tarball, `package/${name}`], options);
      const again = fs.readFileSync(path.join(folder, 'made', target, name));
      assert.ok(again.equals(published), `${target}/${name}`);
      t.diagnostic(`${target}/${name}: ${published.length} bytes, the same`);
    }
  }
});
