'use strict';

// A registry on loopback with the packages of dist/ and what they depend on, as the real one would have them.

const { createHash } = require('node:crypto');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { root } = require('../../support/addon.js');
const { newPath } = require('../../support/files.js');

const dist = path.join(root, 'dist');

/** The npm that comes with Node, or that runs the tests. */
function npmScript() {
  if (process.env.npm_execpath) return process.env.npm_execpath;
  const command = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  return fs.realpathSync(command);
}

/** What the registry tells of a tarball. */
function entryOf(tarball) {
  const manifest = JSON.parse(
    execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }),
  );
  return { tarball, manifest, contents: fs.readFileSync(tarball) };
}

/** Packs the JavaScript packages that `quiesce` depends on, as they are installed here. */
function packDependencies() {
  const folder = newPath();
  fs.mkdirSync(folder);
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const args = [npmScript(), 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    execFileSync(process.execPath, args, { cwd: path.join(root, 'node_modules', name) });
  }
  return tarballsIn(folder);
}

function tarballsIn(folder) {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => path.join(folder, name));
}

function documentOf({ tarball, manifest, contents }, url) {
  const { name, version } = manifest;
  const digest = (kind, form) => createHash(kind).update(contents).digest(form);
  const about = {
    tarball: `${url}/-/${path.basename(tarball)}`,
    shasum: digest('sha1', 'hex'),
    integrity: `sha512-${digest('sha512', 'base64')}`,
  };
  const time = { created: '2020-01-01T00:00:00.000Z', [version]: '2020-01-01T00:00:00.000Z' };
  return {
    name,
    'dist-tags': { latest: version },
    time,
    versions: { [version]: { ...manifest, dist: about } },
  };
}

/** Starts a registry of dist/ and what is in `more`, tarballs; returns { url, requests, close() }. */
async function startRegistry(more = []) {
  const entries = [...tarballsIn(dist), ...packDependencies(), ...more].map(entryOf);
  const requests = [];
  const server = http.createServer((request, response) => {
    const asked = decodeURIComponent(request.url.slice(1));
    requests.push(asked);
    const file = entries.find((each) => asked === `-/${path.basename(each.tarball)}`);
    const entry = entries.find((each) => asked === each.manifest.name);
    if (file) return response.end(file.contents);
    response.setHeader('content-type', 'application/json');
    if (!entry) return response.writeHead(404).end('{"error":"not found"}');
    response.end(JSON.stringify(documentOf(entry, `http://127.0.0.1:${server.address().port}`)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

module.exports = { dist, npmScript, startRegistry };
