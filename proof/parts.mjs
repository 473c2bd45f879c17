// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as litmus } from './parts/litmus.mjs';
import { part as model } from './parts/model.mjs';

export const parts = [litmus, model];
