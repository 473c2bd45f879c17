// The parts of the proof, in order of cost. Each is { name, title, packages, prove(context) }.

export const parts = [];
