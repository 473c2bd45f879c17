'use strict';

// The page of `quiesce inspect --web`, in a Chromium: npm run test:page.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { startInspected, connect } = require('../support/inspected.js');
const { handleOf, open, openFake, rowsOf, textOf, totalsOf } = require('../support/page.js');
const { eventually } = require('../support/wait.js');

const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>&amp;"\'';

test('it shows a process that runs, and what becomes of it', async () => {
  const target = startInspected(`
    const { Guard, MappedFile } = require('./index.js');
    const guards = [new Guard()];
    guards[0].tryEnter();
    const { Worker } = require('node:worker_threads');
    new Worker('const { Guard } = require(' + JSON.stringify(process.cwd()) + ');' +
      'globalThis.g = [Guard.attach(' + guards[0].token + '), Guard.attach(' + guards[0].token + ')];' +
      'setInterval(() => {}, 1000);', { eval: true });
    process.stdin.setEncoding('utf8').on('data', (line) => {
      if (line.includes('open')) for (let i = 0; i < 4; i++) guards.push(new Guard());
      if (line.includes('free')) guards[0].free({ deadline: 10 });
      if (line.includes('block')) for (;;);
    }).on('end', () => process.exit());`);
  (await connect(target.socket)).close();
  const { page, problems, ended } = await open(target.child.pid, { env: { TMPDIR: target.tmp } });
  await eventually(async () => (await rowsOf(page))[0]?.[5] === '3 (main: 1, worker 2: 2)');
  assert.equal(await page.title(), `Process ${target.child.pid} - Quiesce`);
  assert.match(await textOf(page, '#about'), new RegExp(`Node ${process.version}, Quiesce `));
  const [[name, state, token, age, ops]] = await rowsOf(page);
  assert.deepEqual([name, state], ['Guard', 'open']);
  assert.match(token, /^\d+$/);
  assert.match(age, /^[\d.]+ (ms|s)$/);
  assert.match(ops, /^enter [\d.]+ m?s$/);
  assert.equal(await textOf(page, '#status'), 'Live');

  target.child.stdin.write('open\n');
  await eventually(async () => (await totalsOf(page))['Live handles'] === '5');
  await eventually(async () => (await rowsOf(page)).length === 5);
  target.child.stdin.write('free\n');
  await eventually(async () => (await rowsOf(page))[0][1] === 'abandoned');
  const totals = await totalsOf(page);
  assert.deepEqual([totals['Frees: timed out'], totals['Past the deadline']], ['1', '1']);
  target.child.stdin.write('block\n');
  const before = await rowsOf(page).then(([row]) => row[3]);
  await eventually(async () => (await rowsOf(page).then(([row]) => row[3])) !== before);
  await eventually(async () => (await page.$$('#plots svg path.curve')).length === 3);
  const names = await page.$$eval('#plots svg', (all) => all.map((each) => each.getAttribute('aria-label')));
  assert.match(names[0], /^Live handles: 5 now, at most 5 in the last /);
  assert.deepEqual(problems, []);

  target.child.kill('SIGKILL');
  await eventually(async () => (await textOf(page, '#status')) === 'The process has ended');
  assert.equal((await rowsOf(page)).length, 5, 'what it told last stays');
  assert.equal((await ended).code, 3);
});

test('whatever a process tells is text', async () => {
  const op = { method: evil, count: 2, age: 5 };
  const more = { class: evil, ops: [op], site: evil, parent: 12 };
  const { page, problems } = await openFake([handleOf(1, more)], { version: evil, node: evil, script: evil });
  await page.waitForSelector('#rows tr');
  const [[name, , , , ops, , parent]] = await rowsOf(page);
  assert.equal(name, evil);
  assert.equal(ops, `2 × ${evil} 5 ms`);
  assert.equal(parent, '12');
  assert.ok((await textOf(page, '#about')).includes(evil));
  assert.equal(await page.$eval('#rows td', (cell) => cell.title), `Opened:\n${evil}`);
  assert.equal((await page.$$('img, main script')).length, 0);
  assert.equal(await page.title(), 'Process 7 - Quiesce');
  assert.deepEqual(problems, []);
});

test('scripts and styles that are not its own do not run: the policy holds', async () => {
  const { page, problems } = await openFake([handleOf(1)]);
  await page.waitForSelector('#rows tr');
  const blocked = await page.evaluate(async () => {
    const violated = [];
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'document.title = "owned"';
    const image = document.createElement('img');
    image.src = 'http://127.0.0.1:9/x.png';
    const button = document.createElement('button');
    button.setAttribute('onclick', 'document.title = "owned"');
    document.body.append(script, image, button);
    button.click();
    await fetch('http://127.0.0.1:9/').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    return violated.sort();
  });
  assert.deepEqual(blocked, ['connect-src', 'img-src', 'script-src-attr', 'script-src-elem']);
  assert.ok(problems.length >= 4);
  assert.equal(await page.title(), 'Process 7 - Quiesce');
});

test('ten thousand handles: as many rows as can be read, the rest is counted and found', async () => {
  const busy = { inFlight: 1, ops: [{ method: 'scan', count: 1, age: 9000 }] };
  const handles = Array.from({ length: 10_000 }, (_, i) => handleOf(i, i === 0 ? busy : {}));
  const { page, problems } = await openFake(handles);
  await page.waitForSelector('#rows tr');
  assert.equal((await rowsOf(page)).length, 200);
  assert.equal(await textOf(page, '#shown'), '200 shown of 10,000; the filter finds others');
  await page.fill('#filter', '10999');
  await eventually(async () => (await rowsOf(page)).length === 1);
  assert.equal((await rowsOf(page))[0][2], '10999');
  assert.equal(await textOf(page, '#shown'), '1 shown of 1 that match');
  await page.fill('#filter', 'thing OPEN');
  await eventually(async () => (await textOf(page, '#shown')) === '200 shown of 10,000 that match');
  await page.fill('#filter', 'nothing like it');
  await eventually(async () => (await textOf(page, '#shown')) === '0 shown of 0 that match');
  await page.fill('#filter', '');
  await page.selectOption('#order', 'oldest');
  await eventually(async () => (await rowsOf(page))[0][2] === '10999');
  assert.equal((await rowsOf(page)).length, 200);
  assert.deepEqual(problems, []);
});

test('the plots cover the last ten minutes, and tell their scale', async () => {
  const { page } = await openFake([handleOf(1), handleOf(2)]);
  await eventually(async () => (await page.$$('#plots figure')).length === 3);
  const texts = await page.$$eval('#plots figure', (all) => all.map((each) => each.textContent));
  assert.match(texts[0], /^Live handles 2max 2(9 min 59 s|10 min 0 s) agonow$/);
  assert.match(texts[2], /^Frees per second 10max 10/);
  const points = await page.$eval('#plots .curve', (path) => path.getAttribute('d').split('L').length);
  assert.ok(points >= 599 && points <= 600, `${points} points`);
});

test('Pause holds what is shown, and is a button that says so', async () => {
  const handles = [handleOf(1)];
  const { page } = await openFake(handles);
  await page.waitForSelector('#rows tr');
  await page.getByRole('button', { name: 'Pause' }).click();
  assert.equal(await page.getAttribute('#pause', 'aria-pressed'), 'true');
  assert.equal(await textOf(page, '#status'), 'Paused');
  handles.push(handleOf(2));
  await page.waitForTimeout(2500);
  assert.equal((await rowsOf(page)).length, 1);
  await page.getByRole('button', { name: 'Pause' }).press('Enter');
  await eventually(async () => (await rowsOf(page)).length === 2);
  assert.equal(await textOf(page, '#status'), 'Live');
});

test('it says so when the command has ended', async () => {
  const { page, stop } = await openFake([handleOf(1)]);
  await page.waitForSelector('#rows tr');
  await stop();
  await eventually(
    async () => (await textOf(page, '#status')) === 'No answer: is quiesce inspect still running?',
  );
});
