// One figure in a fresh process: node bench/measure.mjs MODULE FUNCTION [PROGRAM]. Prints what it gave as JSON.

const [module, name, program] = process.argv.slice(2);
const figure = await import(`./figures/${module}.mjs`);
const values = await figure[name](program);
process.stdout.write(JSON.stringify(values), () => process.exit()); // handles may still be open
