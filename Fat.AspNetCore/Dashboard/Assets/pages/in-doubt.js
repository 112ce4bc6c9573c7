// Branches that are prepared and have not heard of their decision, oldest first.

import { get } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { inDoubtTable } from '../in-doubt-table.js';
import { empty, numberedPager, skipOf, unreachable } from '../parts.js';

const limit = 50;

export function inDoubt(view) {
  const skip = skipOf(view.query);
  view.head(t('in-doubt.title'));
  view.add(el('p', { class: 'intro' }, t('in-doubt.intro', { service: view.session.service })));
  view.load(() => get(['in-doubt'], { skip: skip || '', limit }, view.signal), page => [
    unreachable(page.unreachable),
    page.items.length > 0 ? inDoubtTable(view, page.items) : empty(t('in-doubt.none'), t('in-doubt.none-advice')),
    numberedPager(['in-doubt'], {}, skip, limit, page.items.length, page.hasMore),
  ]);
}
