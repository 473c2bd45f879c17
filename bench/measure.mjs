// One measurement in a fresh process: node bench/measure.mjs MODULE FUNCTION [ARGUMENT...]. Prints what it gave as JSON.

const [module, name, ...args] = process.argv.slice(2);
const measures = await import(`./measures/${module}.mjs`);
const found = await measures[name](...args);
const values = typeof found === 'number' ? { value: found } : found;
process.stdout.write(JSON.stringify(values), () => process.exit()); // handles may still be open
