import { cpus, release, type } from 'node:os';

/** What a measurement was made on. */
export function environment() {
  const machine = cpus();
  return {
    node: process.versions.node,
    system: `${type()} ${release()} ${process.arch}`,
    cpu: machine[0]?.model.trim() ?? 'unknown processor',
    cpus: machine.length,
  };
}

/** The same in one line. */
export function environmentLine({ node, system, cpu, cpus: n }) {
  return `${n} x ${cpu}, ${system}, Node ${node}`;
}
