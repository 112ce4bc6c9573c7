// One incident: the call that was lost, its arguments, what has been tried.

import { close, replay } from '../actions.js';
import { get } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { isUnsettled } from '../incident-table.js';
import { action, badge, code, facts, groupLink, instance, pretty, section } from '../parts.js';
import { table } from '../table.js';
import { moment, number } from '../time.js';

export function incident(view) {
  const [, gid, branch] = view.path;
  view.head(t('incident.title'));
  view.load(() => get(['incidents', gid, branch], null, view.signal), data => [
    el('p', { class: 'subject' }, el('code', {}, data.branch), badge(data.state)),
    data.reason ? el('div', { class: 'abort-box' }, el('p', { class: 'reason' }, data.reason)) : null,
    facts([
      [t('groups.id'), groupLink(data.gid, data.gid)],
      [t('common.method'), code(data.method)],
      [t('common.database'), code(data.database)],
      [t('common.instance'), instance(data.instance)],
      [t('incident.began'), moment(data.began)],
      [t('incident.changed'), moment(data.changed)],
      [t('incident.attempts'), number(data.attempts)],
      [t('incident.allows-replay'), data.allowsReplay ? t('common.yes') : t('common.no')],
    ]),
    view.canAct && isUnsettled(data) ? el('div', { class: 'settle' }, el('p', {}, t('incident.advice')), el('div', { class: 'buttons' },
      action(t('incident.replay-open'), () => replay(view, data), { test: 'replay' }), action(t('incident.close-open'), () => close(view, data), { test: 'close' }))) : null,
    section(t('incident.arguments'), data.arguments === null
      ? el('p', { class: 'none' }, data.argumentsProblem ?? t('incident.no-arguments'))
      : el('pre', { tabindex: '0', 'data-test': 'arguments' }, pretty(data.arguments))),
    section(t('incident.events'), data.events.length === 0 ? el('p', { class: 'none' }, t('incident.no-events')) : table(t('incident.events'), [
      { title: t('common.time'), kind: 'main', cell: event => moment(event.at) },
      { title: t('incident.event'), cell: event => t('event.' + event.kind) },
      { title: t('common.reason'), cell: event => event.reason ?? '–' },
    ], data.events)),
  ]);
}
