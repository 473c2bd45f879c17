// What AddressSanitizer, LeakSanitizer and ThreadSanitizer have written, taken apart.

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { nameFrames } from './symbols.mjs';

const shimFiles = new Set(readdirSync(path.join(root, 'addon')).filter((name) => name.endsWith('.c')));

/**
 * The log of one run: its `option` has the runtime write there, each process into a file of its own. `addons` are the
 * files of those that may be in its stacks.
 */
export class Log {
  #folder;
  #addons;

  constructor(folder, addons) {
    this.#folder = folder;
    this.#addons = addons;
    mkdirSync(folder, { recursive: true });
    this.option = `log_path=${path.join(folder, 'log')}`;
  }

  /** All reports: { title, text, blocks: [{ heading, frames }] }. */
  reports() {
    const texts = readdirSync(this.#folder).map((name) =>
      nameFrames(readFileSync(path.join(this.#folder, name), 'utf8'), this.#addons),
    );
    return texts.flatMap((text) => [...errorsIn(text), ...leaksIn(text)]);
  }
}

function errorsIn(text) {
  const pattern = /(?:ERROR: Address|WARNING: Thread|FATAL: \w+)Sanitizer: (.+?)(?= on | \(pid|$)/m;
  return text
    .split(/^={10,}$/m)
    .map((part) => ({ title: pattern.exec(part)?.[1], text: part.trim(), blocks: blocksOf(part) }))
    .filter(({ title }) => title !== undefined);
}

function leaksIn(text) {
  return blocksOf(text)
    .filter(({ heading }) => /^(Direct|Indirect) leak of /.test(heading))
    .map((block) => ({ title: 'leak', text: [block.heading, ...block.frames].join('\n'), blocks: [block] }));
}

/** Parts between empty lines that have frames, with the line before the first one. */
function blocksOf(text) {
  return text
    .split('\n\n')
    .map((part) => part.split('\n').map((line) => line.trim()))
    .map((lines) => ({ lines, first: lines.findIndex(isFrame) }))
    .filter(({ first }) => first >= 0)
    .map(({ lines, first }) => ({ heading: lines[first - 1] ?? '', frames: lines.filter(isFrame) }));
}

const isFrame = (line) => /^#\d+ /.test(line);

/** The function and the line of a frame in one of the shim's files, else undefined. libuv's paths are relative. */
function inShim(frame) {
  const [, name, file, line] = /^#\d+ (?:0x\w+ in )?(\S+) \/\S*\/(\w+\.c):(\d+)/.exec(frame) ?? [];
  return shimFiles.has(file) ? { name, place: `${file}:${line}` } : undefined;
}

/** The innermost function of the shim in each stack of a report, where there is one. */
const partsOfShim = ({ blocks }) => blocks.flatMap(({ frames }) => inShim(frames.find(inShim) ?? '') ?? []);

/** How a report is told in one line. */
export function tell(report) {
  const parts = new Set(partsOfShim(report).map(({ name, place }) => `${name} (${place})`));
  return parts.size > 0 ? `${report.title}: ${[...parts].join(', ')}` : report.title;
}

/** Whether a report has the title, and the function is in one of its stacks. */
export function isAbout({ title, blocks }, plant) {
  const isThere = (frame) => inShim(frame)?.name === plant.name;
  return title === plant.title && blocks.some(({ frames }) => frames.some(isThere));
}

// What Node-API allocates for the shim and nobody can give back: Node frees an external's wrapper when that is
// collected, which the end of an env does not do; a promise's deferred when it is settled, which an env that ends
// no longer can.
const notToBeFreed = ['napi_create_external', 'napi_create_promise'];

/** A frame of an addon that nobody could name: it may be any. */
const isUnnamed = (frame) => /^#\d+ (0x\w+ +)?(\S+ <null> )?\(\S*\.node\+/.test(frame);

/** Whether a leak is of memory that the shim, or Node-API for it, has allocated, and could have been given back. */
function isLeakOfShim({ blocks: [{ frames }] }) {
  const at = frames.findIndex((each) => inShim(each) || isUnnamed(each));
  const between = frames.slice(0, at).join('\n');
  return at >= 0 && !notToBeFreed.some((name) => between.includes(` ${name} `));
}

const isOfRuntime = (frame) => /\(lib[at]san\.so/.test(frame) || /^#\d+ std::/.test(frame);

const isAccess = ({ heading }) => /^(Previous )?(atomic )?(read|write) of size/i.test(heading);
const isGoThread = ({ heading, frames }) =>
  /^Thread T/.test(heading) && frames.some((each) => each.includes('_cgo_'));

/**
 * Whether what ThreadSanitizer reports has nothing of the shim in it. V8's own threads and its JS threads synchronise
 * by atomics that the runtime cannot see, for Node is not instrumented; the stack in which V8 does so may have a call
 * by the shim further out. But if a thread of Go's has a part in it, it was the shim that let it in.
 */
function isOfNode({ blocks }) {
  if (blocks.some(({ frames }) => frames.some(isUnnamed))) return false;
  const accesses = blocks.filter(isAccess);
  if (accesses.length === 0) return !blocks.some(({ frames }) => frames.some(inShim));
  if (blocks.some(isGoThread)) return false;
  const innermost = ({ frames }) => frames.find((each) => !isOfRuntime(each)) ?? '';
  const memory = blocks.find(({ heading }) => /allocated by/.test(heading));
  if (memory && inShim(innermost(memory))) return false;
  return accesses.every((each) => !each.frames.some(inShim) || /^#\d+ v8::/.test(innermost(each)));
}

/** Whether a report counts: whatever AddressSanitizer says, the shim's leaks, and what the shim has a part in. */
export function counts(report) {
  if (report.title === 'leak') return isLeakOfShim(report);
  if (/WARNING: ThreadSanitizer/.test(report.text)) return !isOfNode(report);
  return true;
}
