// How values are shown, in the terminal.

const units = [
  [86_400_000, 'd', 3_600_000, 'h'],
  [3_600_000, 'h', 60_000, 'm'],
  [60_000, 'm', 1000, 's'],
];

/** A time in ms, in one or two units. */
export function duration(ms) {
  for (const [size, name, smaller, small] of units) {
    if (ms >= size) return `${Math.floor(ms / size)}${name} ${Math.floor((ms % size) / smaller)}${small}`;
  }
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)}s` : `${Math.round(ms)}ms`;
}

/** Text of the process's, which may contain anything, without what a terminal would obey. */
export function plain(text) {
  return String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (each) => `\\u{${each.codePointAt(0).toString(16)}}`);
}

/** The ops of a handle, the oldest first, as far as there is room for them. */
export function describeOps(ops, most = 3) {
  const parts = [...ops]
    .sort((a, b) => b.age - a.age)
    .slice(0, most)
    .map(({ method, count, age }) => `${count > 1 ? `${count} x ` : ''}${plain(method)} ${duration(age)}`);
  if (ops.length > most) parts.push(`${ops.length - most} more`);
  return parts.join(', ');
}

/** How many attachments there are, and who has them: what no thread has are shares and children. */
export function describeAttachments({ attachments, threads = [] }) {
  const parts = threads.map(({ thread, attachments: n }) => `${nameThread(thread)}: ${n}`);
  const rest = attachments - threads.reduce((sum, { attachments: n }) => sum + n, 0);
  if (rest > 0) parts.push(`shares and children: ${rest}`);
  return parts.length > 0 ? `${attachments} (${parts.join(', ')})` : `${attachments}`;
}

function nameThread(thread) {
  if (thread === null) return 'unknown thread';
  return thread === 0 ? 'main' : `worker ${thread}`;
}
