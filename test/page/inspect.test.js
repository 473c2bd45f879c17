'use strict';

// The page of `quiesce inspect --web`, in a Chromium: npm run test:page.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { chromium } = require('playwright-core');
const { startFakeInspector, startInspected, connect } = require('../support/inspected.js');
const { eventually } = require('../support/wait.js');
const { startWeb } = require('../support/web.js');

// As root, without a screen, and without asking anybody outside.
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

let browser;
const stops = [];

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
});

after(async () => {
  for (const stop of stops) await stop();
  await browser?.close();
});

const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>&amp;"\'';

function handleOf(i, more) {
  const handle = { token: 1000 + i, class: 'Thing', state: 'open', inFlight: 0, ops: [], attachments: 1 };
  return { ...handle, threads: [{ thread: 0, attachments: 1 }], age: i * 1000, ...more };
}

/** What a process with these handles would tell; samples go back ten minutes. */
function teller(handles) {
  const stats = {
    live: handles.length,
    freeing: 0,
    abandoned: 2,
    ops: 3,
    opened: 50,
    drained: 12,
    timedOut: 4,
  };
  const started = Date.now();
  return ({ get, limit, since }) => {
    if (get === 'snapshot') {
      const rest = { stats, states: [], methods: [], total: handles.length };
      return { ...rest, time: Date.now(), handles: handles.slice(0, limit) };
    }
    const now = Date.now();
    const samples = [];
    for (let time = started - 600_000; time <= now; time += 1000) {
      const drained = (time - started + 600_000) / 100; // ten in a second
      samples.push({ time, live: handles.length, ops: 3, opened: 50, drained, timedOut: 0, leaked: 0 });
    }
    return samples.filter(({ time }) => time > since).slice(-600);
  };
}

/** Opens the page of a socket or pid. Whatever it complains of, or asks of others, is in `problems`. */
async function open(target, { env, ...options } = {}) {
  const web = await startWeb(target, { env });
  stops.push(() => web.child.kill('SIGKILL'));
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${web.origin}/`) && !url.startsWith('data:')) problems.push(`asked ${url}`);
  });
  await page.goto(web.url);
  return { ...web, page, problems };
}

async function openFake(handles, hello, options) {
  const inspector = await startFakeInspector(teller(handles), hello);
  stops.push(inspector.stop);
  return { ...(await open(inspector.place, options)), inspector };
}

const rowsOf = (page) =>
  page.$$eval('#rows tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));

const textOf = (page, selector) => page.$eval(selector, (element) => element.textContent);

/** The totals, by their names. */
const totalsOf = (page) =>
  page.$$eval('#totals div', (cards) =>
    Object.fromEntries(cards.map((card) => [...card.children].map((each) => each.textContent))),
  );

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
  stops.push(() => target.child.kill('SIGKILL'));
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

test('light and dark, wide and narrow: what is read can be read', async () => {
  const long = {
    ops: [{ method: 'm'.repeat(60), count: 1, age: 1 }],
    class: 'C'.repeat(60),
    state: 'abandoned',
  };
  const colors = [];
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 390]) {
      const { page } = await openFake(
        [handleOf(1, long), handleOf(2)],
        {},
        { colorScheme, viewport: { width, height: 800 } },
      );
      await page.waitForSelector('#rows tr');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
      const contrasts = await page.evaluate(() => {
        const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const luminance = (color) => {
          probe.fillStyle = color;
          probe.fillRect(0, 0, 1, 1);
          const [r, g, b] = [...probe.getImageData(0, 0, 1, 1).data].map((each) => {
            const part = each / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const backOf = (element) => {
          const color = getComputedStyle(element).backgroundColor;
          return color === 'rgba(0, 0, 0, 0)' && element.parentElement
            ? backOf(element.parentElement)
            : color;
        };
        const read = [
          'h1',
          '#about',
          '#status',
          'dt',
          'dd',
          'th',
          'td',
          '.chip',
          'figcaption',
          '#shown',
          '.axis',
        ];
        return [...document.querySelectorAll(read.join())].map((element) => {
          const [a, b] = [luminance(getComputedStyle(element).color), luminance(backOf(element))].sort();
          return [element.className || element.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
        });
      });
      for (const [name, contrast] of contrasts)
        assert.ok(contrast >= 4.5, `${colorScheme}: ${name} has ${contrast}`);
      colors.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
  }
  assert.equal(new Set(colors).size, 2);
});

test('it can be used without seeing it: names, roles, headers, and a status that is not read out each second', async () => {
  const { page } = await openFake([handleOf(1)]);
  await page.waitForSelector('#rows tr');
  const headers = await page.getByRole('columnheader').allTextContents();
  assert.equal(headers.length, (await rowsOf(page))[0].length);
  assert.ok(headers.every((name) => name !== ''));
  for (const [role, name] of [
    ['searchbox', 'Filter'],
    ['combobox', 'Order'],
    ['button', 'Pause'],
    ['heading', 'Handles'],
    ['region', 'Totals'],
  ]) {
    assert.equal(await page.getByRole(role, { name }).count(), 1, `${role} ${name}`);
  }
  assert.equal(await page.getByRole('img').count(), 3);
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  const changes = await page.evaluate(async () => {
    let n = 0;
    new MutationObserver((all) => {
      n += all.length;
    }).observe(document.getElementById('status'), { childList: true, characterData: true, subtree: true });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    return n;
  });
  assert.equal(changes, 0);
});
