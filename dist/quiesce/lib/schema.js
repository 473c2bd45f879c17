'use strict';

// Values of any shape: checks and copies what is passed to Go, and makes what Go returns. Package typed is the other
// half. A struct is a list of its properties' values there, a map a list of keys and values in turn.

const { hideBelow, invalidType, invalidValue, outOfRange } = require('./errors.js');
const { isPlain } = require('./options.js');
const { scalars } = require('./scalars.js');

const MAX_DEPTH = 1000; // package typed has the same

let encoder;
let decoder;

/** Loads the library, which an addon without such values does not need. */
function load() {
  if (encoder) return;
  const { Decoder, Encoder } = require('@msgpack/msgpack');
  // Numbers cross as doubles, so that -0 stays itself; integers of 64 bits are bigints on both ways.
  encoder = new Encoder({ useBigInt64: true, forceIntegerToFloat: true, maxDepth: MAX_DEPTH + 10 });
  decoder = new Decoder({ useBigInt64: true });
}

/**
 * The shape of a value. `write(value, path, depth)` checks a value, says by `path` where it is wrong, and returns a
 * copy for the encoder. `read(raw)` turns what the decoder made into the value.
 */
class Shapes {
  #types; // name of a struct -> its description, from the addon
  #structs = new Map(); // name -> shape

  constructor(types) {
    this.#types = types;
  }

  /** Makes { encode(value, path) -> bytes, decode(bytes) -> value } of a schema. */
  codec(schema) {
    load();
    const { write, read } = this.shape(schema);
    const encode = (value, path) => hideBelow(encode, () => encoder.encode(write(value, path, 0)));
    return { encode, decode: (bytes) => read(decoder.decode(bytes)) };
  }

  /** Makes the decoder of a list whose elements have each a schema of their own. */
  tuple(schemas) {
    load();
    const shapes = schemas.map((schema) => this.shape(schema));
    return (bytes) => decoder.decode(bytes).map((raw, i) => shapes[i].read(raw));
  }

  shape(schema) {
    if (typeof schema === 'string') return scalars[schema];
    if (schema.nullable !== undefined) return nullable(this.shape(schema.nullable));
    if (schema.list !== undefined) return list(this.shape(schema.list), schema.size);
    if (schema.map !== undefined) return map(this.shape(schema.map));
    if (schema.bytes !== undefined) return sizedBytes(schema.bytes);
    return this.#struct(schema.struct);
  }

  #struct(name) {
    let shape = this.#structs.get(name);
    if (!shape) {
      const fields = [];
      shape = struct(fields);
      this.#structs.set(name, shape); // before its fields, which may contain it
      for (const field of this.#types[name].fields) {
        fields.push({ ...field, shape: this.shape(field.schema) });
      }
    }
    return shape;
  }
}

function deeper(path, depth) {
  if (depth < MAX_DEPTH) return depth + 1;
  throw outOfRange(path.slice(0, 60), `nested no deeper than ${MAX_DEPTH} levels`, '...');
}

function nullable({ write, read }) {
  return {
    write: (value, path, depth) => (value === null ? null : write(value, path, depth)),
    read: (raw) => (raw === null ? null : read(raw)),
  };
}

function list({ write, read }, size) {
  return {
    write(value, path, depth) {
      if (!Array.isArray(value)) throw invalidType(path, 'an instance of Array', value);
      const below = deeper(path, depth);
      const { length } = value;
      if (size !== undefined && length !== size) throw outOfRange(`${path}.length`, `${size}`, length);
      return Array.from({ length }, (_, i) => write(value[i], `${path}[${i}]`, below));
    },
    read: (raw) => raw.map(read),
  };
}

function sizedBytes(size) {
  return {
    write(value, path) {
      const bytes = scalars.bytes.write(value, path);
      if (bytes.length !== size) throw outOfRange(`${path}.length`, `${size}`, bytes.length);
      return bytes;
    },
    read: scalars.bytes.read,
  };
}

function checkObject(value, path) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidType(path, 'of type object', value);
  }
}

/** Sets a property whatever its name. */
function put(object, name, value) {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function map({ write, read }) {
  return {
    write(value, path, depth) {
      if (!isPlain(value)) throw invalidType(path, 'a plain object', value);
      const below = deeper(path, depth);
      return Object.keys(value).flatMap((key) => {
        const where = `${path}[${JSON.stringify(key)}]`;
        if (!key.isWellFormed()) throw invalidValue(where, 'must have a well-formed string as its key', key);
        return [key, write(value[key], where, below)];
      });
    },
    read(raw) {
      const object = {};
      for (let i = 0; i < raw.length; i += 2) put(object, raw[i], read(raw[i + 1]));
      return object;
    },
  };
}

/** A property; what every object inherits is not one that was given. */
function propertyOf(value, name) {
  return name in Object.prototype && !Object.hasOwn(value, name) ? undefined : value[name];
}

function struct(fields) {
  return {
    write(value, path, depth) {
      checkObject(value, path);
      const below = deeper(path, depth);
      return fields.map((field) => {
        const given = propertyOf(value, field.name);
        if (field.optional && (given === undefined || given === null)) return null;
        return field.shape.write(given, `${path}.${field.name}`, below);
      });
    },
    read(raw) {
      const object = {};
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i];
        if (field.optional && raw[i] === null) continue;
        put(object, field.name, field.shape.read(raw[i]));
      }
      return object;
    },
  };
}

module.exports = { Shapes };
