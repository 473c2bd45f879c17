export * from './toolkit.js';
