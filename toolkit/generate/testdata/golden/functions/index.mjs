import addon from './index.js';
export const { upper, later, today, sum } = addon;
