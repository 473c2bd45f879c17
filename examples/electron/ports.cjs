'use strict';

// A topic for another process, over a message port: events go one way, acknowledged list by list, posts the other.

/**
 * What this needs of a port: Electron's MessagePortMain (main and utility process), or the MessagePort of a page.
 * @typedef {{ postMessage(message: unknown): void, start?(): void, close(): void }} Port
 * @typedef {{ seq: number, time: number, text: string }} Entry
 */

/**
 * Serves a topic to the other end of a port, until that closes or the bus is freed. A list is sent when the one before
 * was taken, so that a page which is slow holds up nobody and fills no queue; it is told of what limits have removed.
 * @param {import('quiesce/bus').Topic} topic
 * @param {Port} port
 * @param {{ from?: 'new' | 'first' | number }} [options]
 */
async function serve(topic, port, { from = 'new' } = {}) {
  const subscription = await topic.subscribe({ from, batch: 100, lost: 'skip' });
  let taken = () => {};
  let isOpen = true;
  listen(port, {
    message: (message) => {
      if (message === 'taken') taken();
      else publish(topic, message);
    },
    close: () => {
      isOpen = false;
      taken();
      subscription.end();
    },
  });
  try {
    for await (const list of subscription) {
      if (!isOpen) break;
      const wasTaken = new Promise((resolve) => {
        taken = () => resolve(undefined);
      });
      port.postMessage(
        list.map((event) => ({ seq: event.seq, time: event.time.getTime(), text: event.text() })),
      );
      await wasTaken;
    }
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== 'ERR_HANDLE_FREED') throw error;
  } finally {
    port.close();
    await subscription.free();
  }
}

/**
 * What comes over a port may be anything, and may come when the bus is freed already, as the app ends.
 * @param {import('quiesce/bus').Topic} topic
 * @param {any} message
 */
function publish(topic, message) {
  topic.publish(String(message?.publish)).catch((error) => {
    if (error.code !== 'ERR_HANDLE_FREED') console.error('Not published:', error.message);
  });
}

/**
 * The other end of `serve()`: calls `onEvents` with lists of events, in order. What it returns publishes a text.
 * @param {Port} port
 * @param {(events: Entry[]) => void} onEvents
 * @returns {(text: string) => void}
 */
function follow(port, onEvents) {
  listen(port, {
    message: (events) => {
      onEvents(events);
      port.postMessage('taken');
    },
  });
  return (text) => port.postMessage({ publish: text });
}

/**
 * A MessagePortMain is an EventEmitter, a MessagePort an EventTarget.
 * @param {any} port
 * @param {{ message: (data: any) => void, close?: () => void }} listeners
 */
function listen(port, { message, close = () => {} }) {
  const on = port.addEventListener ? 'addEventListener' : 'on';
  port[on]('message', (/** @type {{ data: unknown }} */ event) => message(event.data));
  port[on]('close', () => close());
  port.start();
}

module.exports = { follow, serve };
