'use strict';

// What the package does, on one thread.

const assert = require('node:assert');
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { Minifier, mediaTypeOf } = require('minify');
const { temporaryFolder } = require('./support.js');

const javaScript = 'application/javascript';

test('text and bytes, at once and in the background', async () => {
  const minifier = new Minifier();
  const page = '<p>  grüße  <b> and </b>  more';
  const small = '<p>grüße <b>and </b>more';
  assert.strictEqual(minifier.minifySync('text/html', page), small);
  assert.strictEqual(await minifier.minify('text/html', page), small);

  const bytes = new TextEncoder().encode(page);
  const before = bytes.slice();
  const got = minifier.minifyBytesSync('text/html', bytes);
  assert.ok(Buffer.isBuffer(got));
  assert.strictEqual(got.toString(), small);
  assert.strictEqual((await minifier.minifyBytes('text/html', bytes)).toString(), small);
  assert.deepStrictEqual(bytes, before); // the library works in its own copy
  await minifier.free();
});

test('each media type', async () => {
  const minifier = new Minifier();
  for (const [mediaType, text, small] of [
    ['text/css', 'a { color: #ff0000 }', 'a{color:red}'],
    [javaScript, 'var one = 1 ; f( one )', 'var one=1;f(one)'],
    ['application/ld+json; charset=utf-8', '{ "a" : [ 1.0 , 2 ] }', '{"a":[1,2]}'],
    ['image/svg+xml', '<svg> <path d="M 0 0 L 10 10"/> </svg>', '<svg><path d="M0 0 10 10"/></svg>'],
    ['application/rss+xml', '<a> <b> c </b> </a>', '<a><b>c</b></a>'],
    ['text/x-go-template', '<p>  {{ .A }}  </p>', '<p>{{ .A }}'],
    ['text/css', '', ''],
  ]) {
    assert.strictEqual(minifier.minifySync(mediaType, text), small, mediaType);
  }
  await minifier.free();
});

test('a configuration', async () => {
  const source =
    '<html><body class="a"><p>1.2345<style>a{width:1.2345px}</style><a href="https://a.b/">a</a></p>';
  const minifier = new Minifier({
    html: { keepDocumentTags: true, keepQuotes: true, keepEndTags: true },
    css: { precision: 2 },
    url: 'https://example.com/',
  });
  assert.strictEqual(
    minifier.minifySync('text/html', source),
    '<html><body class="a"><p>1.2345<style>a{width:1.2px}</style><a href="//a.b/">a</a></p>',
  );
  const template = new Minifier({ html: { templateDelims: ['[[', ']]'] } });
  assert.strictEqual(template.minifySync('text/html', '<p>[[ a <b ]]  </p>'), '<p>[[ a <b ]]');
  const plain = new Minifier(null);
  assert.strictEqual(
    plain.minifySync(javaScript, 'function f(long){return long}'),
    'function f(e){return e}',
  );
  const names = new Minifier({ js: { keepVarNames: true } });
  assert.strictEqual(
    names.minifySync(javaScript, 'function f(long){return long}'),
    'function f(long){return long}',
  );
  for (const each of [minifier, template, plain, names]) await each.free();
});

test('a wrong configuration', () => {
  assert.throws(() => new Minifier({ css: { precision: -1 } }), {
    code: 'ERR_CONFIG',
    message: 'config.css.precision must not be negative: -1',
  });
  assert.throws(() => new Minifier({ url: 'http://[::1' }), { code: 'ERR_CONFIG' });
  // @ts-expect-error: a precision is a number
  assert.throws(() => new Minifier({ css: { precision: '2' } }), { name: 'TypeError' });
});

test('an unknown media type', async () => {
  const minifier = new Minifier();
  const expected = { code: 'ERR_MEDIA_TYPE', message: 'no minifier for this media type: "text/plain"' };
  assert.throws(() => minifier.minifySync('text/plain', 'a'), expected);
  await assert.rejects(minifier.minifyBytes('text/plain', Buffer.from('a')), expected);
  assert.throws(() => minifier.check('text/plain', 'a'), expected);
  await minifier.free();
});

test('a mistake in a text has a line and a column', async () => {
  const minifier = new Minifier();
  const text = 'f();\n  let = = 1;';
  await assert.rejects(minifier.minify(javaScript, text), (/** @type {any} */ err) => {
    assert.strictEqual(err.name, 'ParseError');
    assert.strictEqual(err.code, 'ERR_PARSE');
    assert.match(err.message, /^application\/javascript:2:9: unexpected = in expression/);
    return true;
  });
  assert.deepStrictEqual(minifier.check(javaScript, text), {
    message: 'unexpected = in expression',
    line: 2,
    column: 9,
    context: '    2:   let = = 1;\n               ^',
  });
  assert.strictEqual(minifier.check('text/html', '<p>'), null);
  await minifier.free();
});

test('a file', async (t) => {
  const file = path.join(temporaryFolder(t), 'a.CSS');
  writeFileSync(file, 'a { b : c }');
  const minifier = new Minifier();
  const result = await minifier.minifyFile(file);
  assert.strictEqual(result.mediaType, 'text/css');
  assert.strictEqual(result.size, 11);
  assert.strictEqual(Buffer.from(result.content).toString(), 'a{b:c}');
  assert.strictEqual((await minifier.minifyFile(file, { mediaType: 'text/html' })).mediaType, 'text/html');
  await assert.rejects(minifier.minifyFile(`${file}.css`), { code: 'ENOENT', path: `${file}.css` });
  await assert.rejects(minifier.minifyFile('README'), { code: 'ERR_MEDIA_TYPE' });
  assert.strictEqual(mediaTypeOf('a/b.min.JS'), javaScript);
  assert.strictEqual(mediaTypeOf('README'), '');
  await minifier.free();
});

test('a signal ends the work in the middle', async (t) => {
  const minifier = new Minifier();
  const page = '<p>some text<img src="a.png">'.repeat(1_000_000); // takes about a second
  const signal = AbortSignal.timeout(50);
  const start = performance.now();
  await assert.rejects(minifier.minify('text/html', page, { signal }), { name: 'AbortError' });
  t.diagnostic(`aborted after ${Math.round(performance.now() - start)} ms`);
  assert.deepStrictEqual(minifier.stats(), { calls: 1, failures: 1, bytesIn: 0, bytesOut: 0 });

  const file = path.join(temporaryFolder(t), 'page.html');
  writeFileSync(file, page);
  await assert.rejects(minifier.minifyFile(file, { signal: AbortSignal.timeout(50) }), {
    name: 'AbortError',
  });
  assert.strictEqual(
    await minifier.minify('text/html', '<p> a', { signal: AbortSignal.timeout(60_000) }),
    '<p>a',
  );
  await minifier.free();
});

test('an ES module', async () => {
  const module = await import('minify');
  assert.strictEqual(module.Minifier, Minifier);
  assert.strictEqual(module.mediaTypeOf, mediaTypeOf);
  assert.strictEqual(typeof module.mediaTypeOf, 'function');
});
