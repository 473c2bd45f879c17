// What the command line asks for.

import { checkFile, integer, parse, UsageError } from '../options.mjs';
import { largestText } from './lines.mjs';

export const usage = `Usage: npm run demo:bus -- [FILE] [options]

Threads publish the lines of FILE as events. A group of worker threads counts their words, and is killed one by
one at random moments, and replaced. The count is then held against one of a single thread: they must be equal.

  FILE            the file to read (default: the largest text in node_modules)
  --dir DIR       keep the events in this directory (default: in memory)
  --servers URLS  keep them on NATS servers, such as nats://localhost:4222; several with a comma between them
  --publishers N  threads that publish, 1 to 64 (default: 2)
  --workers N     workers of the group, 1 to 64 (default: 3)
  --seconds N     read FILE again and again for so long, 1 to 3600 (default: 10)
  --help          this text

Exit code: 0 if the counts agree, 1 if not, 2 for wrong usage, 130 after Ctrl-C.`;

/** Reads the command line; throws a UsageError. */
export function readArguments(argv) {
  const { values, positionals } = parse(argv, {
    dir: { type: 'string' },
    servers: { type: 'string' },
    publishers: { type: 'string' },
    workers: { type: 'string' },
    seconds: { type: 'string' },
  });
  if (values.help) return { help: true };
  if (positionals.length > 1) throw new UsageError(`There can be one FILE, not ${positionals.length}.`);
  return {
    path: checkFile(positionals[0] ?? largestText()),
    backend: backendOf(values),
    publishers: integer('publishers', values.publishers, 64) ?? 2,
    workers: integer('workers', values.workers, 64) ?? 3,
    seconds: integer('seconds', values.seconds, 3600) ?? 10,
  };
}

/** The options of Bus.open(). */
function backendOf({ dir, servers }) {
  if (dir !== undefined && servers !== undefined) {
    throw new UsageError('There can be --dir or --servers, not both.');
  }
  if (dir === '') throw new UsageError('--dir takes the name of a directory.');
  if (dir !== undefined) return { dir };
  if (servers === undefined) return {};
  const list = servers.split(',').map((url) => url.trim());
  if (list.includes(''))
    throw new UsageError(`--servers takes URLs with commas between them, not '${servers}'.`);
  return { servers: list };
}
