// The page of `quiesce inspect --web`. It asks once a second. Whatever the process says is put in as text.

const INTERVAL = 1000; // ms
const ROWS = 200; // of the table
const ALL = 10_000; // handles: the most that the inspector tells
const SAMPLES = 600; // of the plots: ten minutes
const RATE = 5000; // ms that a rate is taken over
const SVG = 'http://www.w3.org/2000/svg';

const at = (id) => document.getElementById(id);
const samples = [];
let last; // what was told last
let timer;

/** Makes an element with attributes, and children that are elements or text. */
function make(name, attributes = {}, ...children) {
  const isSvg = ['svg', 'path', 'line'].includes(name);
  const element = isSvg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function duration(ms) {
  const units = [
    [86_400_000, 'd', 3_600_000, 'h'],
    [3_600_000, 'h', 60_000, 'min'],
    [60_000, 'min', 1000, 's'],
  ];
  for (const [size, name, smaller, small] of units) {
    if (ms >= size) return `${Math.floor(ms / size)} ${name} ${Math.floor((ms % size) / smaller)} ${small}`;
  }
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}

const count = (n) => n.toLocaleString('en', { maximumFractionDigits: 1 });

function setText(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text; // a status that does not change is not read out again
}

function setStatus(is, text) {
  at('status').dataset.is = is;
  setText('status', text);
}

function showHead({ hello, snapshot }) {
  const title = `Process ${hello.pid}`;
  setText('title', title);
  document.title = `${title} - Quiesce`;
  const parts = [hello.script, `up ${duration(snapshot.time - hello.started)}`, `Node ${hello.node}`];
  setText('about', [...parts, `Quiesce ${hello.version}`].filter(Boolean).join(', '));
}

// Name, key in stats, whether more than none is bad.
const totals = [
  ['Live handles', 'live'],
  ['Being freed', 'freeing'],
  ['Past the deadline', 'abandoned', true],
  ['Ops in flight', 'ops'],
  ['Opened', 'opened'],
  ['Frees: drained', 'drained'],
  ['Frees: timed out', 'timedOut', true],
  ['Frees: already freeing', 'alreadyFreeing'],
  ['Failed releases', 'failed', true],
  ['Leaked', 'leaked', true],
];

function showTotals({ stats }) {
  const cards = totals.map(([name, key, isBad]) => {
    const value = stats[key] ?? 0;
    const attributes = isBad && value > 0 ? { 'data-is': 'bad' } : {};
    return make('div', attributes, make('dt', {}, name), make('dd', {}, count(value)));
  });
  at('totals').replaceChildren(...cards);
}

function freeRate(i) {
  let j = i;
  while (j > 0 && samples[i].time - samples[j - 1].time <= RATE) j--;
  const [from, to] = [samples[j], samples[i]];
  if (from === to) return 0;
  return (to.drained + to.timedOut - from.drained - from.timedOut) / ((to.time - from.time) / 1000);
}

const plots = [
  ['Live handles', (i) => samples[i].live],
  ['Ops in flight', (i) => samples[i].ops],
  ['Frees per second', freeRate],
];

/** A curve over time; the view box is one sample wide for each second and 100 high. */
function plot([name, valueAt]) {
  const values = samples.map((_, i) => valueAt(i));
  const most = Math.max(...values, 0);
  const [first, end] = [samples[0].time, samples[samples.length - 1].time];
  const width = Math.max(1, (end - first) / INTERVAL);
  const y = (value) => (most > 0 ? 98 - (value / most) * 94 : 98);
  const points = values.map((value, i) => `${(samples[i].time - first) / INTERVAL} ${y(value).toFixed(2)}`);
  const view = { viewBox: `0 0 ${width} 100`, preserveAspectRatio: 'none', role: 'img' };
  const now = count(values[values.length - 1]);
  const label = `${name}: ${now} now, at most ${count(most)} in the last ${duration(end - first)}`;
  return make(
    'figure',
    {},
    make('figcaption', {}, make('span', {}, name, ' ', make('b', {}, now)), `max ${count(most)}`),
    make(
      'svg',
      { ...view, 'aria-label': label },
      make('line', { class: 'base', x1: 0, x2: width, y1: 99, y2: 99 }),
      make('path', { class: 'area', d: `M0 100 L${points.join(' L')} L${width} 100 Z` }),
      make('path', { class: 'curve', d: `M${points.join(' L')}` }),
    ),
    make('div', { class: 'axis' }, make('span', {}, `${duration(end - first)} ago`), make('span', {}, 'now')),
  );
}

function showPlots() {
  if (samples.length > 1) at('plots').replaceChildren(...plots.map(plot));
  else at('plots').textContent = 'They begin with the second sample.';
}

const orders = {
  oldest: (a, b) => b.age - a.age,
  youngest: (a, b) => a.age - b.age,
  attachments: (a, b) => b.attachments - a.attachments,
  class: (a, b) => (a.class < b.class ? -1 : Number(a.class > b.class)),
};

function matches(handle, words) {
  const text = [handle.class, handle.state, handle.token, ...handle.ops.map(({ method }) => method)];
  const all = text.join(' ').toLowerCase();
  return words.every((word) => all.includes(word));
}

const isChild = ({ method }) => method.startsWith('child ');

function describeOps(ops) {
  const parts = ops
    .filter((op) => !isChild(op))
    .sort((a, b) => b.age - a.age)
    .map(({ method, count: n, age }) => `${n > 1 ? `${n} × ` : ''}${method} ${duration(age)}`);
  return parts.length > 8 ? `${parts.slice(0, 8).join(', ')} and ${parts.length - 8} more` : parts.join(', ');
}

function describeAttachments({ attachments, threads = [] }) {
  const name = (thread) => (thread === null ? 'unknown thread' : thread === 0 ? 'main' : `worker ${thread}`);
  const parts = threads.map((each) => `${name(each.thread)}: ${each.attachments}`);
  const rest = attachments - threads.reduce((sum, each) => sum + each.attachments, 0);
  if (rest > 0) parts.push(`shares and children: ${rest}`);
  return `${attachments}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
}

function row(handle) {
  const number = { class: 'number' };
  const children = handle.ops.filter(isChild).length;
  const className = make('td', {}, handle.class);
  if (handle.site) className.title = `Opened:\n${handle.site}`;
  return make(
    'tr',
    {},
    className,
    make('td', {}, make('span', { class: 'chip', 'data-is': handle.state }, handle.state)),
    make('td', number, String(handle.token)),
    make('td', number, duration(handle.age)),
    make('td', {}, describeOps(handle.ops)),
    make('td', {}, describeAttachments(handle)),
    make('td', number, handle.parent === undefined ? '' : String(handle.parent)),
    make('td', number, children > 0 ? String(children) : ''),
  );
}

function showHandles({ handles, total }) {
  const words = at('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  const order = orders[at('order').value];
  const found = words.length > 0 ? handles.filter((each) => matches(each, words)) : [...handles];
  if (order) found.sort(order);
  at('rows').replaceChildren(...found.slice(0, ROWS).map(row));
  setText('shown', describeShown(words.length > 0, found.length, handles.length, total));
}

function describeShown(isFiltered, found, told, total) {
  const isPart =
    isFiltered && told < total ? `; of ${count(total)}, only the first ${count(told)} were looked at` : '';
  const shown = Math.min(ROWS, found);
  if (isFiltered) return `${count(shown)} shown of ${count(found)} that match${isPart}`;
  if (total === 0) return 'None is live';
  if (shown < total) return `${count(shown)} shown of ${count(total)}; the filter finds others`;
  return `${count(total)} live`;
}

function show() {
  if (!last) return;
  showHead(last);
  showTotals(last.snapshot);
  showPlots();
  showHandles(last.snapshot);
}

const isPaused = () => at('pause').getAttribute('aria-pressed') === 'true';
const needsAll = () => at('filter').value.trim() !== '' || at('order').value !== 'busy';

async function ask() {
  const since = samples.length > 0 ? samples[samples.length - 1].time : 0;
  const response = await fetch(`state?since=${since}&limit=${needsAll() ? ALL : ROWS}`);
  if (response.status === 410) return undefined;
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function look() {
  clearTimeout(timer);
  try {
    const told = await ask();
    if (!told) return setStatus('ended', 'The process has ended'); // and what it told last stays
    const newest = samples.length > 0 ? samples[samples.length - 1].time : 0;
    samples.push(...told.history.filter(({ time }) => time > newest)); // two looks may have overlapped
    samples.splice(0, samples.length - SAMPLES);
    last = told;
    if (!isPaused()) {
      setStatus('live', 'Live');
      show();
    }
  } catch {
    setStatus('ended', 'No answer: is quiesce inspect still running?');
  }
  clearTimeout(timer); // a change of the filter may have begun another look meanwhile
  timer = setTimeout(look, INTERVAL);
}

at('pause').addEventListener('click', () => {
  const pressed = !isPaused();
  at('pause').setAttribute('aria-pressed', String(pressed));
  if (pressed) setStatus('paused', 'Paused');
  else look();
});
at('filter').addEventListener('input', show);
at('order').addEventListener('change', look);
look();
