import addon from './index.js';
export const { upper, later, today } = addon;
