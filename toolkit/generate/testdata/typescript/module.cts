// CommonJS sees the same classes and functions.

import functions = require('./functions/index.js');
import names = require('./names/index.js');
import shapes = require('./shapes/index.js');

export const text: string = functions.upper('a');
export const shape: shapes.Shape = new shapes.Shape();
export const item: shapes.Item = shape.tryEntry();
export const tokens: Promise<names.Token[] | null> = names.Type.read().tokens(Buffer.alloc(1), '', '', '', '', '', '', '');
