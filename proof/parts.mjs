// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as faults } from './parts/faults.mjs';
import { part as mutation } from './parts/mutation.mjs';

export const parts = [mutation, faults];
