'use strict';

// What Bus.open() and topic() refuse before anything is opened, each by a typed error that names the option and no secret.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Bus } = require('./support/bus.js');

const servers = 'nats://127.0.0.1:1';
const refused = {
  'an unknown option': [
    { dri: 'x' },
    'VALUE',
    /^The "options" argument has an unknown property "dri"; known are dir,/,
  ],
  'an address in the place of options': [
    'nats://u:secret@h',
    'TYPE',
    /must be of type object\. Received type string$/,
  ],
  'a signal in the place of options': [
    new AbortController().signal,
    'TYPE',
    /must be an object that has the signal, as/,
  ],
  'a text for credentials': [
    { servers, credentials: 'secret' },
    'TYPE',
    /^The "options\.credentials" argument must be/,
  ],
  'a text for credentials, without servers': [
    { credentials: 'secret' },
    'VALUE',
    /needs "servers" beside it/,
  ],
  'a key in the place of TLS': [
    { servers, tls: 'secret' },
    'TYPE',
    /^The "options\.tls" argument must be of type object/,
  ],
  'a token without a prototype': [
    { servers, credentials: { token: Object.assign(Object.create(null), { a: 'secret' }) } },
    ...['TYPE', /^The "options\.credentials\.token" argument/],
  ],
  'a server without a prototype': [
    { servers: Object.assign(Object.create(null), { a: 'secret' }) },
    ...[
      'TYPE',
      /^The "options\.servers" argument must be of type string\. Received \[Object: null prototype\]/,
    ],
  ],
  'no object': [5, 'TYPE', /^The "options" argument must be of type object\./],
  'a dir that is no path': [{ dir: 5 }, 'TYPE', /^The "options\.dir" argument must be of type string or an/],
  'an empty dir': [{ dir: '' }, 'VALUE', /^The "options\.dir" argument must not be empty\./],
  'a dir with a null byte': [
    { dir: 'a\0b' },
    'VALUE',
    /^The "options\.dir" argument must not have a null byte\./,
  ],
  'a dir and servers': [
    { dir: 'x', servers, credentials: { token: 'secret' } },
    'VALUE',
    /must not have both "dir" and "servers"/,
  ],
  'sync without a dir': [{ sync: 'always' }, 'VALUE', /^The "options\.sync" argument can only be/],
  'credentials without servers': [
    { credentials: { token: 'secret' } },
    'VALUE',
    /^The "options\.credentials" argument needs "servers" beside it/,
  ],
  'half of the credentials': [
    { servers, credentials: { user: 'secret' } },
    'VALUE',
    /must have user and password/,
  ],
  'unknown credentials': [
    { servers, credentials: { user: 'u', pasword: 'secret' } },
    ...['VALUE', /^The "options\.credentials" argument has an unknown property "pasword"; known are user,/],
  ],
  'a file of credentials with a null byte': [
    { servers, credentials: { file: 'a\0b' } },
    ...['VALUE', /^The "options\.credentials\.file" argument must not have a null byte/],
  ],
  'unknown settings of TLS': [
    { servers, tls: { cas: 'secret' } },
    'VALUE',
    /^The "options\.tls" argument has an unknown/,
  ],
  'no server': [{ servers: [] }, 'VALUE', /must name at least one server/],
  'a server of another kind': [{ servers: 'http://x' }, 'VALUE', /must be a host, or begin with nats:/],
  'a signal that is none': [{ signal: {} }, 'TYPE', /^The "options\.signal" argument/],
};

for (const [what, [options, kind, message]] of Object.entries(refused)) {
  test(`open(): ${what}`, () =>
    assert.rejects(Bus.open(options), (error) => {
      assert.equal(error.name, 'TypeError');
      assert.equal(error.code, `ERR_INVALID_ARG_${kind}`);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    }));
}

const malformed = ['u:50%secret@h', 'u:p/secret@h', 'u:a secret@h', 'u:secret@h:port', 'u:secret@h\n'];

for (const address of malformed.flatMap((each) => [each, `nats://${each}`])) {
  test(`open(): no URL: ${JSON.stringify(address)}`, () =>
    assert.rejects(Bus.open({ servers: address, timeout: 100 }), (error) => {
      assert.equal(error.code, 'ERR_BUS_UNREACHABLE');
      for (let each = error; each; each = each.cause) assert.doesNotMatch(each.message, /secret/);
      return true;
    }));
}

test('topic(): an unknown option', async () => {
  const bus = await Bus.open();
  await assert.rejects(bus.topic('t', { maxEvent: 5 }), {
    code: 'ERR_INVALID_ARG_VALUE',
    message: /^The "options" argument has an unknown property "maxEvent"; known are maxEvents,/,
  });
  await bus.free();
});
