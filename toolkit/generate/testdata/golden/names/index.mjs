import addon_ from './index.js';
export const { Type, A, P0, Addon, Text, Ä, addon } = addon_;
