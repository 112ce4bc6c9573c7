// How the system is: what happens now, how much and how fast, and why groups roll back.

import { get } from '../api.js';
import { Chart } from '../charts.js';
import { el, put, svg } from '../dom.js';
import { t } from '../i18n.js';
import { follow } from '../live.js';
import { empty, stateText, tabs, unreachable } from '../parts.js';
import { go, href } from '../router.js';
import { table } from '../table.js';
import { clock, duration, exact, number, weekday } from '../time.js';

const refreshEvery = 5000;
const minutes = 60000;

export function overview(view) {
  const range = view.query.range === 'week' ? 'week' : 'hour';
  const service = view.query.service ?? '';
  const query = { service, range };
  const status = el('span', { class: 'live', role: 'status', 'data-test': 'live' }, t('live.connecting'));
  view.head(t('overview.title'), status);
  view.add(el('div', { class: 'filters' },
    servicePicker(view, service, range),
    tabs(t('overview.range'), ['hour', 'week'].map(name => ({ text: t('overview.' + name), href: href(['overview'], { service, range: name }), current: name === range, id: 'range-' + name, test: 'range-' + name })))));

  const parts = {
    now: el('div', { class: 'tiles', 'data-test': 'now' }), totals: el('div', { class: 'tiles', 'data-test': 'totals' }), problems: el('div', {}),
    reasons: el('div', {}), numbers: el('div', { class: 'numbers' }),
  };
  const charts = [throughputChart(), latencyChart()];
  let read = 0;
  let lastMinute = null;

  const fetchAll = async () => {
    read = Date.now();
    return get(['overview'], query, view.signal);
  };
  view.load(fetchAll, data => {
    show(data);
    follow(service, {
      signal: view.signal,
      status: name => {
        put(status, el('span', { class: 'dot', 'data-status': name, 'aria-hidden': 'true' }), t('live.' + name));
        status.dataset.status = name;
      },
      poll: async () => show(await fetchAll()),
      changed: event => {
        put(parts.problems, unreachable(event.unreachable));
        lastMinute = event.lastMinute;
        showNow(event.now);
        if (Date.now() - read >= refreshEvery)
          void fetchAll().then(show, () => status.dataset.status = 'away');
      },
    });
    return [parts.problems, tiles(t('overview.now'), parts.now), tiles(t('overview.' + range), parts.totals), el('div', { class: 'charts' }, charts.map(chart => chart.element)), parts.numbers, parts.reasons];
  });

  function show(data) {
    if (view.signal.aborted)
      return;
    put(parts.problems, unreachable(data.unreachable));
    if (data.stepMs === minutes)
      lastMinute = data.points.at(-1) ?? null;
    showNow(data.now);
    put(parts.totals, ['committed', 'rolledBack', 'inDoubt'].map(name => tile(stateText(stateOf[name]), number(data.totals[name]), { state: stateOf[name], query: { state: stateOf[name], service } })));
    for (const chart of charts)
      chart.update(data.points, data.stepMs);
    showNumbers(parts.numbers, data);
    put(parts.reasons, el('section', {}, el('h2', {}, t('overview.reasons')), reasonList(data, service)));
  }

  function showNow(now) {
    put(parts.now,
      tile(t('overview.open'), number(now.open), { state: 'open', query: { state: 'open', service } }),
      tile(t('overview.in-doubt-now'), number(now.inDoubt), { path: ['in-doubt'], alarm: now.inDoubt > 0, note: now.inDoubt > 0 ? t('overview.oldest', { age: duration(now.oldestInDoubtMs) }) : null }),
      tile(t('overview.incidents'), number(now.incidents), { path: ['incidents'], alarm: now.incidents > 0 }),
      tile(t('overview.failed-messages'), number(now.failedMessages), { path: ['messages'], alarm: now.failedMessages > 0 }),
      lastMinute ? tile(t('overview.last-minute'), number(lastMinute.committed + lastMinute.rolledBack + lastMinute.inDoubt), { note: lastMinute.p99Ms === null ? null : t('overview.p99-is', { p99: duration(lastMinute.p99Ms) }) }) : null);
  }
}

const stateOf = { committed: 'committed', rolledBack: 'rolled-back', inDoubt: 'in-doubt' };

function servicePicker(view, service, range) {
  const select = el('select', { id: 'service', 'data-test': 'service', on: { change: () => go(['overview'], { service: select.value, range }) } },
    el('option', { value: '' }, t('common.all-services')), view.session.services.map(name => el('option', { value: name, selected: name === service }, name)));
  return el('label', { class: 'inline' }, t('common.service'), ' ', select);
}

function tiles(title, content) {
  return el('section', {}, el('h2', { class: 'tiles-title' }, title), content);
}

function tile(title, value, { path, query, state, alarm, note }) {
  const content = [el('span', { class: 'tile-title' }, title), el('span', { class: 'tile-value' }, value), note ? el('span', { class: 'tile-note' }, note) : null];
  const attributes = { class: 'tile', 'data-state': state, 'data-alarm': alarm };
  return path || query ? el('a', { ...attributes, href: href(path ?? ['groups'], query) }, content) : el('div', attributes, content);
}

function throughputChart() {
  return new Chart({
    title: t('overview.throughput'), stacked: true, test: 'throughput',
    series: Object.keys(stateOf).map(name => ({ name: stateOf[name], title: stateText(stateOf[name]), of: point => point[name] })),
  });
}

function latencyChart() {
  return new Chart({
    title: t('overview.latency'), format: duration, test: 'latency',
    series: [{ name: 'p50', title: 'p50', of: point => point.p50Ms }, { name: 'p99', title: 'p99', of: point => point.p99Ms }],
  });
}

/** The charts' numbers, for those who do not see them; built when they are asked for, kept open while they change. */
function showNumbers(place, data) {
  const wasOpen = place.querySelector('details')?.open ?? false;
  const build = () => {
    const told = data.points.filter(point => point.committed + point.rolledBack + point.inDoubt > 0).reverse();
    return told.length === 0 ? el('p', { class: 'none' }, t('overview.no-numbers')) : table(t('overview.numbers'), [
      { title: t('common.time'), kind: 'main', cell: point => el('time', { datetime: point.at, title: exact(point.at) }, `${data.stepMs > minutes ? weekday(new Date(point.at)) + ' ' : ''}${clock(new Date(point.at))}`) },
      ...Object.keys(stateOf).map(name => ({ title: stateText(stateOf[name]), kind: 'number', cell: point => number(point[name]) })),
      { title: 'p50', kind: 'number', cell: point => duration(point.p50Ms) },
      { title: 'p99', kind: 'number', cell: point => duration(point.p99Ms) },
    ], told);
  };
  if (wasOpen) {
    place.querySelector('table, p').replaceWith(build());
    return;
  }
  const details = el('details', { id: 'numbers' }, el('summary', {}, t('overview.numbers')));
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1)
      details.append(build());
  });

  // A summary that is about to be opened by the keyboard keeps its focus.
  const hadFocus = place.contains(document.activeElement);
  put(place, details);
  if (hadFocus)
    details.firstElementChild.focus();
}

function reasonList(data, service) {
  if (data.reasons.length === 0)
    return empty(t('overview.no-reasons'), t(data.totals.committed > 0 ? 'overview.no-reasons-advice' : 'overview.no-groups-advice'));
  const most = Math.max(...data.reasons.map(reason => reason.count));
  return el('ol', { class: 'reasons', 'data-test': 'reasons' }, data.reasons.map(reason => el('li', {},
    el('span', { class: 'reason-count' }, number(reason.count)),
    svg('svg', { class: 'reason-bar', 'aria-hidden': 'true', focusable: 'false' }, svg('rect', { x: 0, y: 0, height: '100%', width: 100 * reason.count / most + '%' })),
    reason.service === ''
      ? el('span', { class: 'muted' }, t('overview.other-reasons'))
      : el('a', { href: href(['groups'], { state: 'rolled-back', service, failedIn: reason.service, method: reason.method, reason: reason.reason }), 'data-test': 'reason' },
        el('code', {}, reason.service), ' ', el('code', {}, reason.method), ' ', el('span', { class: 'reason' }, reason.reason)))));
}
