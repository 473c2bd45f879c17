// The mechanical mutants that no test can see, and why.

/** Each is { file, function, was, becomes, because }: the line, without its indent, before and after. */
export const survivors = [
  {
    file: 'handle.go',
    function: 'context',
    was: 'cancel(nil)',
    becomes: '',
    because: 'equivalent: the context that came second has no parent and no timer, so that nothing holds it',
  },
  {
    file: 'handle.go',
    function: 'adopt',
    was: 'return nil, false, err',
    becomes: 'return nil, true, err',
    because: 'equivalent: with an error nobody looks at the other results',
  },
  {
    file: 'parker.go',
    function: 'wake',
    was: 'yieldThread()',
    becomes: '',
    because: 'not a protection: it makes the wake-up sooner on a busy machine (docs/benchmark.md)',
  },
  {
    file: 'parker.go',
    function: 'await',
    was: 'break',
    becomes: 'continue',
    because:
      'equivalent: freeing is set, so that the loop finds the count at zero, or looks again after a transient',
  },
  {
    file: 'reserve_unix.go',
    function: 'reserve',
    was: 'b, err := unix.Mmap(-1, 0, bytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)',
    becomes:
      'b, err := unix.Mmap(1, 0, bytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)',
    because: 'equivalent on Linux: of anonymous memory the file descriptor is not looked at',
  },
  {
    file: 'slots.go',
    function: 'newStripes',
    was: 'if len(s.region) < size {',
    becomes: 'if len(s.region) <= size {',
    because: 'equivalent: a region is a power of two, and what a slot takes is 128 times an odd number',
  },
];
