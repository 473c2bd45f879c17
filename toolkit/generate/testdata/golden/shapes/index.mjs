import addon from './index.js';
export const {
  Shape,
  Cursor,
  Plain,
  Values,
  StringSet,
  IntSet,
  free,
  afterwards,
  findShape,
  count,
} = addon;
