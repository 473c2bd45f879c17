'use strict';
module.exports = require('quiesce/addon').load(require('node:path').join(__dirname, 'names.node'));
