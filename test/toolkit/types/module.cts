// The same package as a CommonJS module.

import shapes = require('../../../build/toolkit/shapes/index.js');
import addon = require('quiesce/addon');

const { Folder, greet } = shapes;

const folder: shapes.Folder = new Folder('f');
const handle: addon.Handle = folder;
const entry: shapes.Entry = { word: greet('a', null), count: 1 };
const items: addon.Iteration<number> = shapes.range(0, 3);
const loaded: Record<string, unknown> = addon.load('/absolute/file.node');

// @ts-expect-error: there is no default export
shapes.default;
// @ts-expect-error: a handle is not its class
const wrong: shapes.Note = folder;

export = { entry, handle, items, loaded, wrong };
