// The page: it knows nothing of handles. `app` is what preload.cjs exposes.

/** @type {any} */
const { app } = window;
/** @type {<T extends HTMLElement>(selector: string) => T} */
const find = (selector) => /** @type {any} */ (document.querySelector(selector));

app.follow((/** @type {{ seq: number, text: string }[]} */ events) => {
  for (const { seq, text } of events) {
    const line = document.createElement('li');
    line.value = seq;
    line.textContent = text;
    find('#events').append(line);
  }
});

const { size, kept, pid } = await app.info();
find('#info').textContent =
  `Page of process ${pid}: ${size} bytes, ${kept ? 'kept from the page before' : 'mapped anew'}`;

find('#search').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { value } = /** @type {HTMLInputElement} */ (find('input'));
  const count = await app.count(value);
  find('output').textContent = `${count} times`;
  app.publish(`page ${pid}: '${value}' ${count} times`);
});

export {};
