'use strict';

// An empty project of a user who has Node, and neither Go nor a C compiler.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { root } = require('../../support/addon.js');
const { startProgram, writeFiles } = require('../../support/cli.js');
const { newPath } = require('../../support/files.js');
const { npmScript } = require('./registry.js');

const minute = 60_000;

/** A folder for the PATH with nothing but these programs of this system. */
function barePath(programs = ['sh']) {
  const folder = newPath();
  fs.mkdirSync(folder);
  fs.symlinkSync(process.execPath, path.join(folder, 'node'));
  for (const name of programs) fs.symlinkSync(`/bin/${name}`, path.join(folder, name));
  return folder;
}

/** The environment of such a user, whose package managers know one registry and have cached nothing. */
function bareEnvironment(registry) {
  const home = newPath();
  fs.mkdirSync(home);
  const inherited = Object.keys(process.env).filter((key) => /^(npm_|GO|CC$|CGO|YARN|PNPM|NODE_)/i.test(key));
  return {
    ...Object.fromEntries(inherited.map((key) => [key, undefined])),
    HOME: home,
    PATH: barePath(),
    CI: '1',
    npm_config_registry: registry.url,
    npm_config_cache: path.join(home, 'npm'),
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_store_dir: path.join(home, 'store'),
    YARN_NPM_REGISTRY_SERVER: registry.url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_ENABLE_GLOBAL_CACHE: 'false',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_HARDENED_MODE: '0',
    YARN_NPM_MINIMAL_AGE_GATE: '0',
    YARN_REGISTRY: registry.url,
    YARN_CACHE_FOLDER: path.join(home, 'yarn'),
  };
}

/** A project with package.json and these files; `env` is that of bareEnvironment(). */
class Project {
  constructor(registry, files = {}) {
    this.env = bareEnvironment(registry);
    this.folder = writeFiles({ 'package.json': '{ "name": "app", "private": true }\n', ...files });
  }

  write(files) {
    writeFiles(files, this.folder);
  }

  /** Runs a script by node; returns { code, signal, stdout, stderr }. */
  run(args, { env, timeout = 2 * minute, node = process.execPath } = {}) {
    return startProgram(node, args, { cwd: this.folder, env: { ...this.env, ...env }, timeout }).ended;
  }

  /** The same, and demands that it succeeds; returns what it has written to stdout. */
  async must(args, options) {
    const { code, signal, stdout, stderr } = await this.run(args, options);
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, `${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  }

  npm(...args) {
    return this.must([npmScript(), ...args]);
  }

  installed(name) {
    return fs.existsSync(path.join(this.folder, 'node_modules', name, 'package.json'));
  }
}

/** The script of a package manager or another tool that scripts/test-dist.mjs has installed. */
function toolScript(file) {
  return path.join(root, 'build', 'tools', 'scripts', 'node_modules', file);
}

module.exports = { Project, toolScript };
