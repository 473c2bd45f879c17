// Follows the events of the server, and comes back to where it was when the connection is lost.

const LONGEST = 10_000; // ms between two attempts

/**
 * Calls onEvent({ seq, time, text, missed }) for each event, in order. `missed` tells how many the server had forgotten
 * before this one was sent. Returns a function that ends it. In Node, `Socket` is WebSocket of the package ws.
 */
export function follow(url, onEvent, { Socket = globalThis.WebSocket, pause = 500 } = {}) {
  let run; // whose numbers we have
  let last; // the last one that was seen
  let attempts = 0;
  let isOver = false;
  let socket;
  let timer;

  function connect() {
    const place = last === undefined ? '' : `?${new URLSearchParams({ run, after: last })}`;
    socket = new Socket(url + place);
    socket.onmessage = ({ data }) => take(JSON.parse(data));
    socket.onerror = () => {}; // onclose follows
    socket.onclose = () => {
      if (!isOver)
        timer = setTimeout(connect, Math.min(LONGEST, pause * 2 ** attempts++) * (0.5 + Math.random() / 2));
    };
  }

  function take(message) {
    if (isOver) return;
    if (message.seq === undefined) begin(message);
    else {
      const missed = last === undefined ? 0 : message.seq - last - 1;
      last = message.seq;
      onEvent({ ...message, missed });
    }
  }

  /** The server's first message names its run: in another one the numbers that we have mean nothing. */
  function begin(message) {
    attempts = 0;
    if (message.run !== run) last = undefined;
    run = message.run;
  }

  connect();
  return () => {
    isOver = true;
    clearTimeout(timer);
    socket.close();
  };
}
