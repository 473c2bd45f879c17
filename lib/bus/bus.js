'use strict';

// The class Bus: what kind of bus, and its topics.

const { invalidType, invalidValue } = require('../errors.js');
const { checkOptions } = require('../options.js');
const { add, takeOff } = require('./complete.js');
const { countOf, fileOf, given, millisecondsOf, optionsOf, text, textOf } = require('./options.js');
const { flushPosts, sendPosts } = require('./posts.js');

const openNames = ['dir', 'sync', 'servers', 'credentials', 'tls', 'timeout', 'signal'];
const topicNames = ['maxEvents', 'maxBytes', 'maxAge', 'replicas', 'signal'];

/** Adds to the class what the addon's lacks. */
function completeBus(Bus) {
  const statics = takeOff(Bus, { open: 'open' });
  const own = takeOff(Bus.prototype, { deleteTopic: 'deleteTopic', flush: 'flush', topic: 'topic' });

  add(Bus, {
    async open(options) {
      return statics.open(openOptions(optionsOf(options, openNames)));
    },
  });

  add(Bus.prototype, {
    async deleteTopic(...args) {
      sendPosts();
      return own.deleteTopic.apply(this, args);
    },

    async flush(...options) {
      await flushPosts();
      return own.flush.apply(this, options);
    },

    async topic(name, options) {
      const { signal, ...rest } = optionsOf(options, topicNames);
      const limits = {
        maxEvents: countOf(rest, 'maxEvents'),
        maxBytes: countOf(rest, 'maxBytes'),
        maxAge: millisecondsOf(rest, 'maxAge'),
        replicas: countOf(rest, 'replicas', 5),
      };
      return own.topic.call(this, text('name', name), given({ ...limits, signal }));
    },
  });
}

function openOptions({ signal, ...options }) {
  const { dir, sync, servers, credentials, tls } = options;
  if (dir !== undefined && servers !== undefined) {
    throw invalidValue('options', 'must not have both "dir" and "servers"', Object.keys(options));
  }
  if (sync !== undefined && (dir === undefined || sync !== 'always')) {
    throw invalidValue('options.sync', 'can only be \'always\', and only beside "dir"', sync);
  }
  for (const [name, value] of Object.entries({ credentials, tls, timeout: options.timeout })) {
    if (value === undefined || servers !== undefined) continue;
    throw invalidValue(`options.${name}`, 'needs "servers" beside it', Object.keys(options));
  }
  return given({
    dir: fileOf(options, 'dir'),
    syncAlways: sync === 'always' ? true : undefined,
    servers: servers === undefined ? undefined : serversOf(servers),
    credentials: credentials === undefined ? undefined : credentialsOf(credentials),
    tls: tls === undefined || tls === false ? undefined : tlsOf(tls),
    timeout: millisecondsOf(options, 'timeout'),
    signal,
  });
}

function serversOf(servers) {
  const list = Array.isArray(servers) ? servers : [servers];
  if (list.length === 0) throw invalidValue('options.servers', 'must name at least one server', servers);
  return list.map((each, i) =>
    serverOf(Array.isArray(servers) ? `options.servers[${i}]` : 'options.servers', each),
  );
}

function serverOf(name, address) {
  const [, scheme] = /^([^/]*):\/\//.exec(text(name, address)) ?? [];
  if (scheme === undefined || ['nats', 'tls', 'ws', 'wss'].includes(scheme)) return address;
  throw invalidValue(
    name,
    'must be a host, or begin with nats://, tls://, ws:// or wss://',
    `${scheme}://...`,
  );
}

const ways = [['user', 'password'], ['token'], ['file'], ['seed']];

function credentialsOf(credentials) {
  const name = 'options.credentials';
  checkOptions(credentials, ways.flat(), name);
  const way = ways.find((names) => names.some((each) => credentials[each] !== undefined)) ?? [];
  const keys = Object.keys(credentials).filter((each) => credentials[each] !== undefined);
  if (keys.length === 0 || keys.length !== way.length || !keys.every((each) => way.includes(each))) {
    const requirement = 'must have user and password, or token, or file, or seed';
    throw invalidValue(name, requirement, keys); // not the values: they are secret
  }
  const found = {};
  for (const each of way) {
    if (typeof credentials[each] === 'string' && each !== 'file') found[each] = credentials[each];
    else if (each === 'file') found.file = fileOf(credentials, 'file', `${name}.file`);
    else throw invalidType(`${name}.${each}`, 'of type string', undefined);
  }
  return found;
}

function tlsOf(tls) {
  if (tls === true) return {};
  checkOptions(tls, ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'], 'options.tls');
  const { rejectUnauthorized = true } = tls;
  if (typeof rejectUnauthorized !== 'boolean') {
    throw invalidType('options.tls.rejectUnauthorized', 'of type boolean', rejectUnauthorized);
  }
  return given({
    ca: pemOf(tls, 'ca'),
    cert: pemOf(tls, 'cert'),
    key: pemOf(tls, 'key'),
    servername: textOf(tls, 'servername', 'options.tls.servername'),
    insecure: rejectUnauthorized ? undefined : true,
  });
}

/** PEM as a string or a Buffer, as readFileSync() gives it. */
function pemOf(tls, name) {
  const value = tls[name];
  return textOf(
    { [name]: Buffer.isBuffer(value) ? value.toString('latin1') : value },
    name,
    `options.tls.${name}`,
  );
}

module.exports = { completeBus };
