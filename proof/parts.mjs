// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as fuzz } from './parts/fuzz.mjs';

export const parts = [fuzz];
