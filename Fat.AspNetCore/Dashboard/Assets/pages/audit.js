// Who did what, when and why.

import { get } from '../api.js';
import { auditTable } from '../audit-table.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { empty, numberedPager, skipOf, unreachable } from '../parts.js';
import { go, href } from '../router.js';

const limit = 50;

export function audit(view) {
  const skip = skipOf(view.query);
  const subject = view.query.subject ?? '';
  const input = el('input', { type: 'search', id: 'subject', value: subject, spellcheck: 'false', autocomplete: 'off', 'data-test': 'subject' });
  const submit = event => {
    event.preventDefault();
    go(['audit'], { subject: input.value.trim() });
  };
  view.head(t('audit.title'));
  view.add(el('p', { class: 'intro' }, t('audit.intro')), el('form', { class: 'filters', role: 'search', on: { submit } },
    el('label', { class: 'wide' }, t('audit.subject'), input),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', id: 'apply' }, t('groups.apply')), subject ? el('a', { href: href(['audit']), id: 'clear' }, t('groups.clear')) : null)));
  view.load(() => get(['audit'], { subject, skip: skip || '', limit }, view.signal), page => [
    unreachable(page.unreachable),
    page.items.length > 0 ? auditTable(page.items) : subject ? empty(t('audit.none-of-subject'), t('audit.none-of-subject-advice')) : empty(t('audit.none'), t('audit.none-advice')),
    numberedPager(['audit'], { subject }, skip, limit, page.items.length, page.hasMore),
  ]);
}
