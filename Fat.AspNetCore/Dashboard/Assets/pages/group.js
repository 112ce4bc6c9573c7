// One group: why it ended as it did, who took part, what happened when, and what can be done about it.

import { force } from '../actions.js';
import { get } from '../api.js';
import { auditTable } from '../audit-table.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { inDoubtTable } from '../in-doubt-table.js';
import { incidentTable } from '../incident-table.js';
import { action, badge, code, decisionPlace, facts, instance, pretty, section, unreachable } from '../parts.js';
import { timeline } from '../timeline.js';
import { duration, moment } from '../time.js';
import { tree } from '../tree.js';

export function group(view) {
  const gid = view.path[1];
  view.head(t('group.title'));
  view.load(() => get(['groups', gid], null, view.signal), data => [
    el('p', { class: 'subject' }, el('code', { 'data-test': 'gid' }, data.gid), badge(data.state)),
    unreachable(data.unreachable),
    failure(data),
    data.state === 'unknown' ? el('p', { class: 'notice warning' }, t('group.unknown')) : null,
    facts([
      [t('common.service'), code(data.service)],
      [t('common.method'), code(data.method)],
      [t('common.instance'), instance(data.instance)],
      [t('groups.began'), moment(data.began)],
      [t('groups.ended-at'), moment(data.ended)],
      [data.ended ? t('groups.took') : t('common.age'), duration(data.durationMs)],
      [t('group.decision'), data.decision ? badge(data.decision) : el('span', { class: 'none' }, t('group.undecided'))],
      data.decisionDatabase ? [t('group.decided-in'), decisionPlace(data.decisionDatabase)] : null,
    ]),
    settle(view, data),
    data.inDoubt.length > 0 ? section(t('group.in-doubt'), inDoubtTable(view, data.inDoubt.map(branch => ({ ...branch, gid: data.gid })), { isOfGroup: true })) : null,
    section(t('group.tree'), tree(data)),
    section(t('group.timeline'), timeline(data)),
    data.incidents.length > 0 ? section(t('incidents.title'), incidentTable(data.incidents)) : null,
    section(t('audit.title'), data.audit.length > 0 ? auditTable(data.audit, { isOfSubject: true }) : el('p', { class: 'none' }, t('group.no-audit'))),
    el('details', { class: 'raw', 'data-test': 'raw' }, el('summary', {}, t('group.raw')), el('pre', { tabindex: '0' }, pretty(data.raw))),
  ]);
}

/** The first thing that an operator looks for. */
function failure(data) {
  return data.abort
    ? el('div', { class: 'abort-box', 'data-test': 'abort' },
      el('p', { class: 'abort-title' }, t('group.failed-in'), ' ', el('code', {}, data.abort.service), data.abort.method ? [' · ', el('code', {}, data.abort.method)] : null),
      el('p', { class: 'reason' }, data.abort.reason))
    : null;
}

function settle(view, data) {
  if (!view.canAct || data.decision !== null || !['open', 'in-doubt', 'unknown'].includes(data.state))
    return null;
  return el('div', { class: 'settle' }, el('p', {}, t('group.settle')), el('div', { class: 'buttons' },
    action(t('force.roll-back-open'), () => force(view, data.gid, 'rolled-back', data.seen), { danger: true, test: 'force-roll-back' }),
    action(t('force.commit-open'), () => force(view, data.gid, 'committed', data.seen), { danger: true, test: 'force-commit' })));
}
