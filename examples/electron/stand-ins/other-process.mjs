// Another process that is given a token: it says what becomes of it, even if it is told that the token is its own.

import { MappedFile } from 'quiesce';
import { openPageFile } from '../page-file.cjs';

process.once('message', async (token) => {
  let code;
  try {
    MappedFile.attach(token);
  } catch (error) {
    code = error.code;
  }
  const { file, kept } = await openPageFile(process.execPath, { pid: process.pid, token });
  process.send({ code, kept, outcome: await file.free() }, () => process.disconnect());
});
