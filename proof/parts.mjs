// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as embedder } from './parts/embedder.mjs';
import { part as faults } from './parts/faults.mjs';
import { part as fuzz } from './parts/fuzz.mjs';
import { part as histories } from './parts/histories.mjs';
import { part as litmus } from './parts/litmus.mjs';
import { part as model } from './parts/model.mjs';
import { part as mutation } from './parts/mutation.mjs';
import { part as runtimes } from './parts/runtimes.mjs';
import { part as sanitize } from './parts/sanitize.mjs';
import { part as stress } from './parts/stress.mjs';

export const parts = [litmus, model, histories, fuzz, stress, sanitize, mutation, embedder, faults, runtimes];
