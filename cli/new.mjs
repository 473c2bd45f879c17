// quiesce new: makes a Go package that builds and passes its test at once.

import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { goNeeded, isOlder } from './go.mjs';
import { namesFor } from './names.mjs';
import { capture, Failure, isClone, root } from './run.mjs';

const oldestGoLine = '1.24.0';

// Where each template goes. npm leaves out a .gitignore, and Go and npm's own tools take up what bears a real name.
const files = {
  'README.md.tmpl': () => 'README.md',
  'ci.yml.tmpl': () => '.github/workflows/ci.yml',
  'gitignore.tmpl': () => '.gitignore',
  'go.mod.tmpl': () => 'go.mod',
  'package.go.tmpl': ({ go }) => `${go}.go`,
  'package.json.tmpl': () => 'package.json',
  'package.test.js.tmpl': ({ go }) => `test/${go}.test.js`,
  'tsconfig.json.tmpl': () => 'tsconfig.json',
};

/** Makes the package in that folder and tells what to do next. */
export function create(asked) {
  checkEmpty(asked);
  const parent = path.basename(path.dirname(path.normalize(asked))); // as it was typed
  const names = namesFor(path.basename(path.resolve(asked)), parent);
  mkdirSync(asked, { recursive: true });
  const folder = realpathSync(asked);
  const installed = installedGo();
  const values = valuesFor(folder, names, installed);
  for (const [template, target] of Object.entries(files)) {
    const file = path.join(folder, target(names));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, fill(template, values));
  }
  console.log(nextSteps(path.relative('', folder), names, installed));
}

/** A fresh clone of an empty repository is as good as an empty folder. */
function checkEmpty(asked) {
  const entry = statSync(asked, { throwIfNoEntry: false });
  if (entry && !entry.isDirectory()) throw new Failure(`${asked} is a file: a new package needs a folder.`);
  const found = entry ? readdirSync(asked).filter((name) => name !== '.git') : [];
  if (found.length > 0)
    throw new Failure(`The folder ${asked} is not empty: it has ${found[0]}. Nothing was changed.`);
}

function valuesFor(folder, { npm, go }, installed) {
  const { version, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return {
    NPM_NAME: npm,
    GO_NAME: go,
    GO_LINE: installed && isOlder(oldestGoLine, installed) ? installed : oldestGoLine,
    GO_NEEDED: goNeeded().split('.').slice(0, 2).join('.'),
    // What runs from a clone stands for that clone.
    QUIESCE: JSON.stringify(isClone ? `file:${path.relative(folder, root)}` : `^${version}`),
    TYPESCRIPT: JSON.stringify(devDependencies.typescript),
    TYPES_NODE: JSON.stringify(devDependencies['@types/node']),
  };
}

/** The release that the installed Go is of, as 1.26.0; undefined without one. */
function installedGo() {
  const asked = capture('go', ['env', 'GOVERSION'], {
    cwd: tmpdir(),
    env: { ...process.env, GOWORK: 'off' },
  });
  const release = /go(\d+\.\d+)/.exec(asked.stdout);
  return release ? `${release[1]}.0` : undefined;
}

function fill(template, values) {
  const text = readFileSync(new URL(`template/${template}`, import.meta.url), 'utf8');
  return text.replace(/__([A-Z_]+)__/g, (_, name) => values[name]);
}

function nextSteps(folder, { npm, go }, installed) {
  const steps = [folder && `cd ${/\s/.test(folder) ? `"${folder}"` : folder}`, 'npm install', 'npm test'];
  const lines = [
    `Made the npm package ${npm}, around the Go package ${go}. To build it and to run its test:`,
    '',
    ...steps.filter(Boolean).map((each) => `  ${each}`),
    '',
    `Then write your own type in ${go}.go; each build writes what it exports to dist/.`,
  ];
  if (!installed) lines.push('', `'go' is not on the PATH. The build needs Go ${goNeeded()} or later.`);
  return lines.join('\n');
}
