'use strict';

// How the page of `quiesce inspect --web` can be read, by whomever, on whatever screen: npm run test:page.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { handleOf, openFake, rowsOf } = require('../support/page.js');

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
