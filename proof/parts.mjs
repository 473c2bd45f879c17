// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as faults } from './parts/faults.mjs';

export const parts = [faults];
