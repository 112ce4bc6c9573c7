// One message: each of its branches, what is sent, and what can be done.

import { cancel, redeliver, retry } from '../actions.js';
import { get } from '../api.js';
import { auditTable } from '../audit-table.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { action, badge, code, facts, pretty, section, unreachable } from '../parts.js';
import { moment, number } from '../time.js';

export function message(view) {
  const gid = view.path[1];
  view.head(t('message.title'));
  view.load(() => get(['messages', gid], null, view.signal), data => [
    el('p', { class: 'subject' }, el('code', { 'data-test': 'gid' }, data.gid), badge(data.state)),
    unreachable(data.unreachable),
    data.reason ? el('div', { class: 'abort-box' }, el('p', { class: 'reason' }, data.reason)) : null,
    facts([
      [t('common.service'), code(data.service)],
      [t('message.prepared'), moment(data.prepared)],
      [t('messages.submitted'), moment(data.submitted)],
      [t('groups.ended-at'), moment(data.ended)],
    ]),
    view.canAct ? whole(view, data) : null,
    section(t('message.branches'), el('ul', { class: 'deliveries' }, data.branches.map(branch => delivery(view, data, branch)))),
    section(t('audit.title'), data.audit.length > 0 ? auditTable(data.audit, { isOfSubject: true }) : el('p', { class: 'none' }, t('message.no-audit'))),
  ]);
}

function whole(view, data) {
  if (data.state !== 'submitted' && data.state !== 'failed')
    return null;
  return el('div', { class: 'settle' }, el('p', {}, t('message.advice')), el('div', { class: 'buttons' },
    action(t('message.retry-all-open'), () => retry(view, data, null), { test: 'retry-all' }),
    action(t('message.cancel-open'), () => cancel(view, data), { danger: true, test: 'cancel-message' })));
}

function delivery(view, data, branch) {
  return el('li', { class: 'delivery', 'data-test': 'delivery' },
    el('div', { class: 'call' }, el('span', { class: 'call-id' }, branch.branchId), badge(branch.state), code(branch.target)),
    branch.reason ? el('p', { class: 'failure' }, branch.reason) : null,
    facts([
      [t('incident.attempts'), number(branch.attempts)],
      [t('message.at'), moment(branch.at)],
      branch.next ? [t('message.next'), moment(branch.next)] : null,
    ]),
    payload(branch),
    view.canAct ? el('div', { class: 'buttons' }, buttons(view, data, branch)) : null);
}

function payload(branch) {
  if (branch.payloadHidden)
    return el('p', { class: 'none' }, t('message.payload-hidden'));
  return branch.payload === null ? el('p', { class: 'none' }, t('message.no-payload'))
    : el('details', { 'data-test': 'payload' }, el('summary', {}, t('message.payload')), el('pre', { tabindex: '0' }, pretty(branch.payload)));
}

function buttons(view, data, branch) {
  const isCall = /^https?:/.test(branch.target);
  return [
    ['waiting', 'retrying', 'failed'].includes(branch.state) ? action(t('message.retry-open'), () => retry(view, data, branch.branchId), { test: 'retry', about: branch.branchId }) : null,
    isCall || !['consumed', 'failed', 'retrying'].includes(branch.state) ? null : action(t('message.redeliver-open'), () => redeliver(view, data, branch.branchId), { test: 'redeliver', about: branch.branchId }),
  ];
}
