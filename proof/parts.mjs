// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as histories } from './parts/histories.mjs';

export const parts = [histories];
