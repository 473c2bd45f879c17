'use strict';

// The file of a page, kept across reloads. A reload ends the page's environment and makes a new one, as a rule in the
// same process. A share keeps the handle open in between; its token is all that the next page needs.

const { MappedFile } = require('quiesce');

/** @typedef {{ pid: number, token: number }} PageFile Where a page's file is: tokens are those of one process. */

/**
 * Attaches to what the last page has shared, if that was in this process, or else maps the file anew.
 * @param {string} path
 * @param {PageFile | null} last
 */
async function openPageFile(path, last) {
  if (last?.pid === process.pid) {
    try {
      return { file: MappedFile.attach(last.token), kept: true };
    } catch (error) {
      const { code } = /** @type {{ code?: string }} */ (error);
      if (code !== 'ERR_HANDLE_FREED' && code !== 'ERR_HANDLE_INVALID') throw error; // nobody kept it open: then anew
    }
  }
  return { file: await MappedFile.open(path), kept: false };
}

/**
 * Keeps the file open for the next page, which has ten seconds to come; after that it is freed.
 * @param {MappedFile} file
 */
function keepForNextPage(file) {
  if (!file.freed) file.share({ ttl: 10_000 });
}

module.exports = { keepForNextPage, openPageFile };
