/**
 * The page's script: details of a class or a dependency, search, zoom and pan, sorting, the schedule stepper. Plain text, since
 * it runs in the reader's browser, not here. It makes elements and sets their text; it never parses markup.
 */

const DETAILS = String.raw`
const data = JSON.parse(document.getElementById('data').textContent);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, text = '', ...children) => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.append(...children);
  return element;
};
for (const element of all('.tools, .now')) element.hidden = false;
const panel = document.getElementById('detail');
let opener = null;
const edgeKey = (edge) => edge[0] + '-' + edge[1];
const edges = new Map(data.edges.map((edge) => [edgeKey(edge), edge]));
const className = (position) => data.classes[position][0];
const linkTo = (kind, key, text) => {
  const link = make('a', text);
  link.href = '#' + (kind === 'class' ? 'c' : 'd') + key;
  link.dataset[kind] = key;
  return link;
};
const edgeLink = (edge) => linkTo('edge', edgeKey(edge), className(edge[0]) + ' → ' + className(edge[1]));
const list = (title, items) =>
  items.length === 0 ? [] : [make('h3', title), make('ul', '', ...items.map((item) => make('li', '', item)))];
const stack = (title, frames) => [
  make('h3', title),
  make('pre', frames.length === 0 ? '(place not recorded)' : frames.map((frame) => data.texts[frame]).join('\n')),
];
const classDetail = (key) => {
  const position = Number(key);
  const [name, kind, usage, rank] = data.classes[position];
  const facts = [kind, 'rank ' + rank, usage === '' ? '' : 'usage ' + usage].filter((fact) => fact !== '').join(', ');
  const out = data.edges.filter((edge) => edge[0] === position);
  const into = data.edges.filter((edge) => edge[1] === position);
  return [name, make('p', facts), ...list('Taken while it is held', out.map(edgeLink)), ...list('Held while it is taken', into.map(edgeLink))];
};
const edgeDetail = (key) => {
  const edge = edges.get(key);
  if (edge === undefined) return null;
  const [from, to, modes, count, distance, task, outer, inner, back, origins] = edge;
  const facts = [
    data.texts[modes] === '' ? '' : 'modes ' + data.texts[modes], count > 1 ? 'seen ' + count + '×' : '', distance > 1 ? distance + ' locks apart' : '',
    data.texts[task] === '' ? '' : 'first by ' + data.texts[task], back ? 'contradicts the order' : '',
  ].filter((fact) => fact !== '').join(', ');
  return [
    className(from) + ' → ' + className(to), make('p', facts),
    make('p', '', linkTo('class', from, className(from)), ' · ', linkTo('class', to, className(to))),
    ...list('Shown by', origins.map((origin) => document.createTextNode(data.texts[origin]))),
    ...stack('Outer lock taken at', outer), ...stack('Inner lock taken at', inner),
  ];
};
const LINKS = '[data-class], [data-edge], a[href^="#c"], a[href^="#d"]';
const open = (target) => {
  const [kind, key] = [target.hash?.[1], target.hash?.slice(2)];
  const { class: ofClass = kind === 'c' ? key : undefined, edge = kind === 'd' ? key : undefined } = target.dataset;
  if (edge === undefined && data.classes[ofClass] === undefined) return false;
  const detail = edge === undefined ? classDetail(ofClass) : edgeDetail(edge);
  if (detail === null) return false;
  const [title, ...content] = detail;
  const close = make('button', '×');
  close.className = 'close';
  close.setAttribute('aria-label', 'Close');
  close.addEventListener('click', shut);
  panel.replaceChildren(close, make('h2', title), ...content);
  if (panel.hidden) opener = document.activeElement;
  panel.hidden = false;
  panel.focus();
  const wanted = edge === undefined ? '[data-class="' + ofClass + '"]' : '[data-edge="' + edge + '"]';
  for (const element of all('svg .chosen')) element.classList.remove('chosen');
  for (const element of all('svg ' + wanted)) element.classList.add('chosen');
  if (target.closest?.('svg') == null) for (const picture of all('.picture')) picture.dispatchEvent(new Event('centre'));
  return true;
};
const shut = () => {
  panel.hidden = true;
  for (const element of all('svg .chosen')) element.classList.remove('chosen');
  opener?.focus?.();
};
let dragged = false;
document.addEventListener('click', (event) => {
  const target = event.target.closest(LINKS);
  if (target !== null && !dragged && open(target)) event.preventDefault();
});
for (const element of all('svg [data-class], svg [data-edge]')) {
  element.setAttribute('tabindex', '0');
  element.setAttribute('role', 'button');
  const edge = edges.get(element.dataset.edge);
  const name = edge === undefined ? element.querySelector('title')?.textContent ?? '' : className(edge[0]) + ' → ' + className(edge[1]);
  if (edge !== undefined) {
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = name;
    element.prepend(title);
  }
  element.setAttribute('aria-label', name);
}
for (const svg of all('.picture svg')) svg.setAttribute('role', 'group');
`;

const SEARCH = `
const search = document.getElementById('search');
const found = document.getElementById('found');
search.addEventListener('input', () => {
  const wanted = search.value.trim().toLowerCase();
  let hits = 0;
  for (const element of all('[data-text], main .sortable tbody tr')) {
    const isHit = wanted === '' || element.textContent.toLowerCase().includes(wanted) || (element.dataset.text ?? '').toLowerCase().includes(wanted);
    element.hidden = !isHit;
  }
  data.classes.forEach(([name], position) => {
    const isHit = wanted !== '' && name.toLowerCase().includes(wanted);
    if (isHit) hits += 1;
    for (const element of all('svg [data-class="' + position + '"]')) element.classList.toggle('hit', isHit);
  });
  found.textContent = wanted === '' ? '' : hits + (hits === 1 ? ' class' : ' classes');
});
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  const wanted = search.value.trim().toLowerCase();
  const names = data.classes.map(([name]) => name.toLowerCase());
  const exact = names.indexOf(wanted);
  const position = exact >= 0 ? exact : names.findIndex((name) => name.includes(wanted));
  if (wanted !== '' && position >= 0) open({ dataset: { class: String(position) } });
});
document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === 'Escape' && !panel.hidden) shut();
  else if (event.key === '/' && !typing) { event.preventDefault(); search.focus(); }
  else if ((event.key === 'Enter' || event.key === ' ') && event.target.matches('svg [data-class], svg [data-edge]')) {
    event.preventDefault();
    open(event.target);
  }
});
for (const table of all('table.sortable')) {
  all('thead th', table).forEach((head, column) => {
    const button = make('button', head.textContent);
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const descending = head.getAttribute('aria-sort') === 'ascending';
      for (const other of all('th', head.parentElement)) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const compare = new Intl.Collator('en', { numeric: true }).compare;
      const rows = all('tbody tr', table).map((row) => [row, row.cells[column].textContent]);
      rows.sort((a, b) => (Number(a[1]) - Number(b[1]) || compare(a[1], b[1])) * (descending ? -1 : 1));
      table.tBodies[0].append(...rows.map(([row]) => row));
    });
  });
}
`;

const PICTURES = `
document.documentElement.classList.add('live');
for (const picture of all('.picture')) {
  const svg = picture.querySelector('svg');
  const whole = svg.viewBox.baseVal;
  const start = [whole.x, whole.y, whole.width, whole.height];
  let box = [...start];
  svg.setAttribute('tabindex', '0');
  // As tall as it is at its own size, and no taller than the page; a small one is not blown up.
  const natural = start[3] * 1.5;
  const fit = () => {
    const width = Math.max(1, svg.clientWidth);
    const whole = start[2] > width * 1.8 ? natural : start[3] * width / start[2] * 1.1;
    svg.style.height = Math.min(natural, whole, Math.max(240, innerHeight * 0.7)) + 'px';
  };
  fit();
  addEventListener('resize', fit);
  const show = () => svg.setAttribute('viewBox', box.join(' '));
  const zoom = (factor, x = 0.5, y = 0.5) => {
    const width = Math.min(start[2] * 4, Math.max(40, box[2] * factor));
    const height = width * box[3] / box[2];
    box = [box[0] + (box[2] - width) * x, box[1] + (box[3] - height) * y, width, height];
    show();
  };
  const reset = () => { box = [...start]; show(); };
  const centre = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const point = new DOMPoint(x + width / 2, y + height / 2).matrixTransform(svg.getScreenCTM().inverse());
    box[0] = point.x - box[2] / 2;
    box[1] = point.y - box[3] / 2;
    show();
  };
  // A picture far larger than the page opens at a size that can be read, on what matters most; a button shows it whole.
  const [width, height] = [Math.max(1, svg.clientWidth), Math.max(1, svg.clientHeight)];
  if (Math.max(start[2] / width, start[3] / height) > 1.8) {
    const reported = svg.querySelector('.node [stroke="#dc2626"]');
    const first = reported ?? svg.querySelector('.node');
    box = [start[0], start[1], width * 1.2, height * 1.2];
    show();
    if (first !== null) centre(first);
    if (reported === null) { box[1] = start[1]; show(); }
  }
  addEventListener('beforeprint', () => { svg.setAttribute('viewBox', start.join(' ')); svg.style.height = 'auto'; });
  addEventListener('afterprint', () => { fit(); show(); });
  picture.addEventListener('centre', () => {
    const chosen = svg.querySelector('.chosen');
    if (chosen !== null && (box[2] < start[2] || box[3] < start[3])) centre(chosen);
  });
  const unit = () => { const at = svg.getScreenCTM(); return at === null ? 1 : at.a; };
  picture.addEventListener('click', (event) => {
    const kind = event.target.dataset.zoom;
    if (kind === 'in') zoom(0.8);
    if (kind === 'out') zoom(1.25);
    if (kind === 'all') reset();
  });
  svg.addEventListener('keydown', (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move !== undefined) { box[0] += move[0] * box[2] / 10; box[1] += move[1] * box[3] / 10; show(); }
    else if (event.key === '+' || event.key === '=') zoom(0.8);
    else if (event.key === '-') zoom(1.25);
    else if (event.key === '0') reset();
    else return;
    event.preventDefault();
  });
  svg.addEventListener('wheel', (event) => {
    // A page that cannot be scrolled past its pictures is a trap: the wheel zooms with Ctrl, or once the picture has the focus.
    if (!event.ctrlKey && !svg.contains(document.activeElement)) return;
    event.preventDefault();
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    zoom(event.deltaY < 0 ? 0.87 : 1.15, (point.x - box[0]) / box[2], (point.y - box[1]) / box[3]);
  }, { passive: false });
  let last = null;
  svg.addEventListener('pointerdown', (event) => { last = [event.clientX, event.clientY]; dragged = false; });
  addEventListener('pointermove', (event) => {
    if (last === null) return;
    const [x, y] = [event.clientX - last[0], event.clientY - last[1]];
    if (!dragged && Math.hypot(x, y) < 4) return;
    dragged = true;
    const scale = unit();
    box[0] -= x / scale;
    box[1] -= y / scale;
    last = [event.clientX, event.clientY];
    show();
  });
  addEventListener('pointerup', () => { last = null; setTimeout(() => { dragged = false; }); });
}
`;

const STEPPER = `
for (const schedule of all('.schedule')) {
  const rows = all('tbody tr', schedule);
  const slider = schedule.querySelector('input');
  const tasks = all('.now .task', schedule);
  const here = schedule.querySelector('.here');
  let at = 0;
  const show = (wanted) => {
    at = Math.max(0, Math.min(rows.length - 1, wanted));
    const row = rows[at];
    if (row === undefined) return;
    slider.value = at;
    rows.forEach((one, index) => {
      one.classList.toggle('current', index === at);
      one.classList.toggle('later', index > at);
    });
    schedule.querySelector('output').textContent = 'step ' + (at + 1) + ' of ' + rows.length;
    JSON.parse(row.dataset.now).forEach((state, index) => {
      const [held, waits] = state ?? [[], ''];
      tasks[index].classList.toggle('acts', String(index) === row.dataset.task);
      tasks[index].querySelector('ol').replaceChildren(...held.map((name) => make('li', name)));
      const line = tasks[index].querySelector('p');
      line.textContent = state === null ? 'has not begun' : waits !== '' ? 'waits for ' + waits : held.length === 0 ? 'holds nothing' : '';
      line.className = waits === '' ? 'dim' : 'waits';
    });
    const sources = rows.slice(0, at + 1).filter((one) => one.dataset.task === row.dataset.task);
    const source = sources.map((one) => one.querySelector('.source > pre')).findLast((one) => one !== null);
    here.replaceChildren(...(source == null ? [] : [source.cloneNode(true)]));
  };
  const move = (kind) => show(kind === 'first' ? 0 : kind === 'last' ? rows.length - 1 : at + Number(kind));
  const reveal = () => rows[at]?.scrollIntoView({ block: 'nearest' });
  slider.addEventListener('input', () => show(Number(slider.value)));
  for (const button of all('[data-move]', schedule)) button.addEventListener('click', () => { move(button.dataset.move); reveal(); });
  rows.forEach((row, index) => row.addEventListener('click', () => show(index)));
  schedule.addEventListener('keydown', (event) => {
    if (event.target === slider) return;
    const kind = { ArrowRight: '1', ArrowLeft: '-1', Home: 'first', End: 'last' }[event.key];
    if (kind === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move(kind);
    reveal();
  });
  show(0);
}
`;

/** JavaScript text, without indentation. */
export const pageScript: string = `'use strict';\n{${DETAILS}${SEARCH}${PICTURES}${STEPPER}}`.replaceAll(/\n +/g, '\n');
