'use strict';

// The child of fork.test.js: tries every token that its parent sends, by every attach, with handles of its own
// in the same slots.

const { Guard, Handle, MappedFile } = require('../..');

process.once('message', (tokens) => {
  const own = [new Guard(), new Guard(), new Guard()];
  const codes = [];
  for (const token of tokens) {
    for (const Class of [Guard, MappedFile, Handle]) {
      try {
        Class.attach(token);
        codes.push('attached');
      } catch (error) {
        codes.push(error.code);
      }
    }
  }
  process.send({ codes, own: own[0].token }, () => process.disconnect());
});
