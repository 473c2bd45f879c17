'use strict';

// Keys and files of credentials as NATS servers know them.

const { generateKeyPairSync, sign } = require('node:crypto');

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base 32 as NATS's keys have it, with their checksum. */
function encodeKey(prefix, raw) {
  const bytes = [...prefix, ...raw];
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  const bits = [...bytes, crc & 0xff, crc >> 8].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits
    .match(/.{1,5}/g)
    .map((five) => letters[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

const prefixes = { operator: 14 << 3, account: 0, user: 20 << 3 };

/** An nkey: { id, seed, jwt(claims) }. */
function makeKey(kind) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = (key, format) => key.export({ type: format, format: 'der' }).subarray(-32);
  const prefix = prefixes[kind];
  const id = encodeKey([prefix], raw(publicKey, 'spki'));
  const seed = encodeKey([(18 << 3) | (prefix >> 5), (prefix & 31) << 3], raw(privateKey, 'pkcs8'));
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = (sub, type, nats) => {
    const claims = { jti: 'test', iat: 1, iss: id, name: 'test', sub, nats: { ...nats, type, version: 2 } };
    const text = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(claims)}`;
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
  };
  return { id, seed, jwt };
}

/** The text of a file of credentials. */
function credentialsOf(jwt, seed) {
  return (
    `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n` +
    `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`
  );
}

module.exports = { credentialsOf, makeKey };
