// Running npm.

import { Failure, start } from './run.mjs';

/** What to start so that npm runs with these arguments: [command, args, options]. */
export function npmCommand(args) {
  // Under `npm run` this is the npm that runs us; npm.cmd on Windows could not be started without a shell.
  const self = process.env.npm_execpath;
  if (self && /npm-cli\.c?js$/.test(self)) return [process.execPath, [self, ...args], {}];
  return ['npm', args, { shell: process.platform === 'win32' }];
}

/** Runs npm in a folder and resolves to what it writes to stdout. */
export async function npmOutput(args, cwd) {
  const [command, all, options] = npmCommand(args);
  const { status, stdout, stderr } = await start(command, all, { cwd, ...options });
  if (status !== 0) throw new Failure(`npm ${args[0]} failed: ${stderr.trim()}`);
  return stdout;
}

/** Runs `npm pack` in a folder, without its scripts; resolves to { filename, files } of what it packs. */
export async function npmPack(args, cwd) {
  const told = JSON.parse(await npmOutput(['pack', '--json', '--ignore-scripts', ...args], cwd));
  return Object.values(told)[0]; // npm 12 tells them by name, those before in a list
}
