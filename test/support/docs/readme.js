'use strict';

// Runs the JavaScript of an example's README.md in its folder, where it is installed and built:
// node test/support/docs/readme.js examples/NAME

const fs = require('node:fs');
const path = require('node:path');
const { root } = require('../addon.js');
const { newPath } = require('../files.js');
const { readPage } = require('./pages.js');
const { fileNameOf, programOf, runBlock } = require('./run-js.js');

async function main([example]) {
  const page = readPage(`${example}/README.md`);
  const folder = newPath(); // what a program writes goes here
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'README.md'), page.text);
  const blocks = page.blocks.filter(({ lang }) => lang === 'js');
  for (const block of blocks) {
    const file = path.join(root, example, `.readme-${fileNameOf(block)}`);
    fs.writeFileSync(file, programOf(block));
    try {
      await runBlock(block, { folder, file, timeout: 120_000 });
    } finally {
      fs.rmSync(file);
    }
    console.log(`${block.where}: ok`);
  }
  if (blocks.length === 0) console.log(`${page.name} has no JavaScript`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
