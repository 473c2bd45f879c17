// All the protections of the guard, in the order in which one reads it.

import { attach } from './attach.mjs';
import { free } from './free.mjs';
import { guard } from './guard.mjs';
import { handle } from './handle.mjs';
import { release } from './release.mjs';
import { slots } from './slots.mjs';
import { stripes } from './stripes.mjs';
import { table } from './table.mjs';
import { word } from './word.mjs';

/**
 * Each is { what, file, take, put, by }: what is lost, the text of guard/FILE that goes, what stands there instead, and
 * the test that must fail, each time. With `race` that is a race of threads, which must fail now and then. One that no
 * test can see has `survives` instead of `by`: why.
 */
export const protections = [word, stripes, guard, free, release, handle, table, slots, attach].flat();
