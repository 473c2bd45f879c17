// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as embedder } from './parts/embedder.mjs';
import { part as runtimes } from './parts/runtimes.mjs';

export const parts = [embedder, runtimes];
