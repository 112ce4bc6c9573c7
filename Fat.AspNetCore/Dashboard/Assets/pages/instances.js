// The processes that are alive, and how they are.

import { get } from '../api.js';
import { el, svg } from '../dom.js';
import { t } from '../i18n.js';
import { code, empty, facts, instance } from '../parts.js';
import { duration, moment, number } from '../time.js';

export function instances(view) {
  view.head(t('instances.title'));
  view.load(() => get(['instances'], null, view.signal), page => page.items.length === 0
    ? empty(t('instances.none'), t('instances.none-advice'))
    : el('div', { class: 'instances', 'data-test': 'instances' }, [...Map.groupBy(page.items, one => one.service)].map(([service, processes]) =>
      el('section', {}, el('h2', {}, service, ' ', el('span', { class: 'count' }, number(processes.length))), el('ul', { class: 'plain grid' }, processes.map(process))))));
}

function process(one) {
  const status = one.status;
  return el('li', { class: 'panel', 'data-test': 'instance' },
    el('p', { class: 'subject' }, instance(one.id), el('span', { class: 'badge', 'data-state': one.alive ? 'committed' : 'failed' }, el('span', { class: 'mark', 'aria-hidden': 'true' }, one.alive ? '✓' : '!'), one.alive ? t('instances.alive') : t('instances.silent'))),
    status === null
      ? [facts([[t('instances.heartbeat'), t('instances.ago', { time: duration(one.silenceMs) })]]), el('p', { class: 'none' }, t('instances.no-status'))]
      : [facts([
        [t('instances.heartbeat'), t('instances.ago', { time: duration(one.silenceMs) })],
        [t('instances.started'), moment(status.started)],
        [t('instances.machine'), [code(status.machine), ' · ', t('instances.process', { id: status.processId })]],
        [t('instances.versions'), el('span', { title: `${status.fatVersion} · ${status.applicationVersion}` }, t('instances.version-list', { fat: short(status.fatVersion), application: short(status.applicationVersion) }))],
        [t('instances.workers'), [meter(status.busyWorkers, status.workers), t('instances.busy', { busy: number(status.busyWorkers), all: number(status.workers) })]],
        [t('instances.queue'), number(status.queuedWork)],
        [t('instances.scopes'), number(status.openScopes)],
        [t('instances.waiting'), number(status.waitingBranches)],
        [t('instances.latency'), status.registryLatencyMs === null ? '–' : duration(status.registryLatencyMs)],
        status.historyDropped > 0 ? [t('instances.dropped'), el('span', { class: 'alarm' }, number(status.historyDropped))] : null,
      ]), databases(status.databases)]);
}

function databases(list) {
  return list.length === 0 ? el('p', { class: 'none' }, t('instances.no-databases')) : el('ul', { class: 'plain databases' }, list.map(database => el('li', {},
    code(database.name), el('span', { class: 'muted' }, database.product), durability(database.isDurable),
    database.holdsDecisions ? el('span', { class: 'tag', title: t('instances.decisions-hint') }, t('instances.decisions')) : null)));
}

function durability(isDurable) {
  const name = isDurable === null ? 'unknown' : isDurable ? 'durable' : 'held';
  return el('span', { class: 'tag', 'data-durable': name, title: t(`instances.${name}-hint`) }, t('instances.' + name));
}

/** A version without its commit. */
function short(version) {
  return version.split('+')[0];
}

function meter(value, most) {
  return svg('svg', { class: 'meter', width: 60, height: 8, 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { class: 'meter-all', width: 60, height: 8, rx: 2 }), svg('rect', { class: 'meter-used', width: most > 0 ? Math.min(60, 60 * value / most) : 0, height: 8, rx: 2 }));
}
