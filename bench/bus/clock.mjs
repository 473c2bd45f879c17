// A clock that all threads share, and events that carry its time.

/** Nanoseconds since some time. */
export const now = () => Number(process.hrtime.bigint());

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset);

/** Writes into an event when it is sent, and returns it. */
export function stamp(event) {
  viewOf(event).setFloat64(0, now());
  return event;
}

/** How long an event has been on its way, in ns. */
export const ageOf = (event) => now() - viewOf(event).getFloat64(0);
