// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as embedder } from './parts/embedder.mjs';

export const parts = [embedder];
