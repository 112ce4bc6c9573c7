// Messages by state, the failed ones first, and the groups of subscribers.

import { get } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { badge, code, empty, messageLink, numberedPager, section, skipOf, stateText, tabs } from '../parts.js';
import { go, href } from '../router.js';
import { table } from '../table.js';
import { moment, number } from '../time.js';

const limit = 50;
const states = ['failed', 'submitted', 'prepared', 'consumed', 'cancelled'];

export function messages(view) {
  const skip = skipOf(view.query);
  const state = states.includes(view.query.state) ? view.query.state : 'failed';
  const gid = view.query.gid ?? '';
  view.head(t('messages.title'));
  view.load(() => get(['messages'], gid ? { gid } : { state, skip: skip || '', limit }, view.signal), page => [
    tabs(t('messages.by-state'), states.map(name => ({ text: stateText(name), count: number(page.counts[name]), href: href(['messages'], { state: name }), current: !gid && name === state, id: 'state-' + name, test: 'state-' + name }))),
    search(gid),
    page.items.length > 0 ? list(page.items) : gid ? empty(t('messages.none-of-id'), t('messages.none-of-id-advice')) : empty(t('messages.none', { state: stateText(state) }), t('messages.none-' + (state === 'failed' ? 'failed' : 'other') + '-advice')),
    numberedPager(['messages'], { state }, skip, limit, page.items.length, page.hasMore),
  ]);
  view.load(() => get(['subscriptions'], null, view.signal), page => section(t('subscriptions.title'), page.items.length === 0
    ? empty(t('subscriptions.none'), t('subscriptions.none-advice'))
    : table(t('subscriptions.title'), [
      { title: t('subscriptions.topic'), kind: 'main', cell: one => code(one.topic) },
      { title: t('subscriptions.group'), cell: one => code(one.group) },
      { title: t('state.waiting'), kind: 'number', cell: one => number(one.waiting) },
      { title: t('state.retrying'), kind: 'number', cell: one => number(one.retrying) },
      { title: t('state.delivering'), kind: 'number', cell: one => number(one.delivering) },
      { title: t('state.failed'), kind: 'number', cell: one => el('span', { class: one.failed > 0 ? 'alarm' : null }, number(one.failed)) },
    ], page.items, { test: 'subscriptions' })));
}

function search(gid) {
  const input = el('input', { type: 'search', id: 'gid', value: gid, spellcheck: 'false', autocomplete: 'off', 'data-test': 'gid' });
  const submit = event => {
    event.preventDefault();
    go(['messages'], { gid: input.value.trim() });
  };
  return el('form', { class: 'filters', role: 'search', on: { submit } }, el('label', { class: 'wide' }, t('messages.gid'), input), el('div', { class: 'buttons' }, el('button', { type: 'submit', id: 'apply' }, t('messages.find'))));
}

function list(items) {
  return table(t('messages.title'), [
    { title: t('messages.id'), kind: 'main', cell: message => messageLink(message.gid) },
    { title: t('common.state'), cell: message => badge(message.state) },
    { title: t('common.service'), cell: message => code(message.service) },
    { title: t('messages.submitted'), cell: message => moment(message.submitted ?? message.prepared) },
    { title: t('groups.branches'), cell: message => el('ul', { class: 'plain' }, message.branches.map(branch => el('li', {}, badge(branch.state), ' ', code(branch.target), branch.reason ? el('p', { class: 'reason' }, branch.reason) : null))) },
    { title: t('common.reason'), kind: 'long', cell: message => message.reason ?? '–' },
  ], items, { test: 'messages' });
}
