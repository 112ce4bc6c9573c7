// Incidents, on their own page and on their group's.

import { el } from './dom.js';
import { t } from './i18n.js';
import { badge, code, groupLink } from './parts.js';
import { href } from './router.js';
import { table } from './table.js';
import { moment, number } from './time.js';

/** The table; `actions` makes the buttons of an incident. */
export function incidentTable(incidents, actions) {
  return table(t('incidents.title'), [
    { title: t('group.branch'), kind: 'main', cell: incident => el('a', { href: href(['incidents', incident.gid, incident.branch]), class: 'id', 'data-test': 'incident-link' }, incident.branch) },
    { title: t('groups.id'), cell: incident => groupLink(incident.gid) },
    { title: t('common.state'), cell: incident => badge(incident.state) },
    { title: t('common.method'), kind: 'long', cell: incident => code(incident.method) },
    { title: t('common.database'), kind: 'short', cell: incident => code(incident.database) },
    { title: t('incident.attempts'), kind: 'number', cell: incident => number(incident.attempts) },
    { title: t('incident.changed'), cell: incident => moment(incident.changed) },
    { title: t('common.reason'), kind: 'long', cell: incident => incident.reason ? el('span', { class: 'reason' }, incident.reason) : el('span', { class: 'none' }, '–') },
    actions ? { title: t('common.actions'), kind: 'actions', cell: actions } : null,
  ].filter(column => column), incidents, { test: 'incidents' });
}

/** Whether something can still be done about it. */
export function isUnsettled(incident) {
  return incident.state === 'open' || incident.state === 'failed';
}
