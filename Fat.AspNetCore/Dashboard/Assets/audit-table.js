// Entries of the audit table, on their own page and on their subject's.

import { el } from './dom.js';
import { has, t } from './i18n.js';
import { code, instance, subjectLink } from './parts.js';
import { table } from './table.js';
import { moment } from './time.js';

/** The table; on the page of a group or a message the subject is left out. */
export function auditTable(entries, { isOfSubject } = {}) {
  return table(t('audit.title'), [
    { title: t('common.time'), kind: 'main', cell: entry => moment(entry.at) },
    isOfSubject ? null : { title: t('audit.subject'), cell: entry => subjectLink(entry.subject) },
    { title: t('audit.action'), kind: 'short', cell: entry => word('action.', entry.action) },
    { title: t('audit.effect'), cell: entry => word('effect.', entry.effect) },
    { title: t('audit.by'), cell: entry => entry.by },
    { title: t('common.reason'), kind: 'long', cell: entry => el('span', { class: 'reason' }, entry.reason) },
    { title: t('common.instance'), kind: 'short', cell: entry => instance(entry.instance) },
    { title: t('common.database'), kind: 'short', cell: entry => code(entry.database) },
  ].filter(column => column), entries, { test: 'audit' });
}

/** What is written in the table, in the reader's words where there are some. */
function word(prefix, text) {
  return has(prefix + text) ? t(prefix + text) : code(text);
}
