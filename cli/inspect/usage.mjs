// What `quiesce inspect` takes.

export const options = {
  once: { type: 'boolean' },
  json: { type: 'boolean' },
  web: { type: 'boolean' },
  port: { type: 'string' },
};

export const help = `Usage: quiesce inspect [PID_OR_SOCKET] [--once] [--json] [--web [--port N]]

Shows the handles of a process that was started with QUIESCE_INSPECT=1 and has loaded Quiesce in its main thread:
class, state, ops in flight with method and age, attachments by thread, frees by outcome, and the last ten minutes.
It answers also while every thread of the process is blocked. Without an argument it lists the processes of this
user that can be inspected.

  PID_OR_SOCKET   a process's id, or the path of its socket (QUIESCE_INSPECT=PATH chooses one)
  --once          print what there is now, and end; so it does where the output is no terminal
  --json          the same as JSON; without an argument: the list as JSON
  --web           serve a page on 127.0.0.1 instead; its address has a token, without which nobody is answered
  --port N        the port of the page, 0 to 65535 (default: 0, a free one)

Live, 'q' or Ctrl-C ends it. The exit code is 0; 1 where there is nothing to be inspected; 2 for a command line that
makes no sense; 3 when the process has ended meanwhile.
`;
