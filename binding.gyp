# For node-gyp and electron-rebuild users only. Go's linker makes the addon, so gyp compiles nothing: it hands
# over to the build script, and that decides whether anything has changed.
{
  'targets': [
    {
      'target_name': 'quiesce',
      'type': 'none',
      'actions': [
        {
          'action_name': 'go_build',
          'inputs': ['scripts/build.mjs'],
          # Never made, so the action always runs: a whole list of inputs here would go stale.
          'outputs': ['<(INTERMEDIATE_DIR)/always'],
          'action': ['node', 'scripts/build.mjs', '--target_arch=<(target_arch)'],
        },
      ],
    },
  ],
}
