'use strict';

// The same settings for Electron Forge.
module.exports = {
  packagerConfig: { asar: { unpack: '**/*.node' } },
  rebuildConfig: { onlyModules: [] },
};
