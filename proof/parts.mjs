// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

import { part as sanitize } from './parts/sanitize.mjs';

export const parts = [sanitize];
