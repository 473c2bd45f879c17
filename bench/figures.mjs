// All figures, by name. A figure is
//
//   what       it is
//   measure    [module of measures/, its function, ...arguments]: what it gives is the value, or { value, ... }
//   rivals     [{ against, measure, bar, limit }]: what it is measured against in the same run. `bar` is for the ratio of the two:
//              { atMost } or { atLeast }, or { more } for their difference
//              `limit` says that less than this rival cannot be had
//              `found` in a bar that is out of reach is the ratio that was found instead: CI guards that
//   pair       true where the measure takes both itself, { ours, rival }: the only rival has no measure then
//   unit       of the values: a time in ns if there is none, else see report.mjs
//   bar        { limit } that the value itself stays below
//   also       what else the measure gives, { key: what it is }
//   needs      what is to be made for it, of setup.mjs; rivals may have needs of their own
//   slow       how often it is measured, where that takes long
//   margin     with a bar that CI checks: how much worse than the bar a quick run may be. Runs on a shared machine of two
//              cores have justified it

import { asyncFigures } from './figures/async.mjs';
import { busFigures } from './figures/bus.mjs';
import { fileFigures } from './figures/files.mjs';
import { guardFigures } from './figures/guard.mjs';
import { lifetimeFigures } from './figures/lifetime.mjs';
import { syncFigures } from './figures/sync.mjs';
import { toolkitFigures } from './figures/toolkit.mjs';

/** The figures by subject, in the order of the page. */
export const subjects = [
  ['The guard in Go', guardFigures],
  ['Calls from JavaScript', syncFigures],
  ['Async calls', asyncFigures],
  ['Files', fileFigures],
  ['From open to release', lifetimeFigures],
  ['The toolkit', toolkitFigures],
  ['The bus', busFigures],
];

export const figures = Object.assign({}, ...subjects.map(([, some]) => some));
