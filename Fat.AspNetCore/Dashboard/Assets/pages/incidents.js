// Held branches that were lost after their groups had committed.

import { close, replay } from '../actions.js';
import { get } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { incidentTable, isUnsettled } from '../incident-table.js';
import { action, empty, numberedPager, skipOf, tabs, unreachable } from '../parts.js';
import { href } from '../router.js';

const limit = 50;

export function incidents(view) {
  const skip = skipOf(view.query);
  const isAll = view.query.show === 'all';
  view.head(t('incidents.title'));
  view.add(el('p', { class: 'intro' }, t('incidents.intro')), tabs(t('incidents.which'), [
    { text: t('incidents.open'), href: href(['incidents']), current: !isAll, id: 'incidents-open', test: 'incidents-open' },
    { text: t('incidents.all'), href: href(['incidents'], { show: 'all' }), current: isAll, id: 'incidents-all', test: 'incidents-all' },
  ]));
  view.load(() => get(['incidents'], { open: isAll ? 'false' : 'true', skip: skip || '', limit }, view.signal), page => [
    unreachable(page.unreachable),
    page.items.length > 0
      ? incidentTable(page.items, view.canAct ? incident => buttons(view, incident) : null)
      : isAll ? empty(t('incidents.none-ever'), t('incidents.none-ever-advice')) : empty(t('incidents.none'), t('incidents.none-advice')),
    numberedPager(['incidents'], isAll ? { show: 'all' } : {}, skip, limit, page.items.length, page.hasMore),
  ]);
}

function buttons(view, incident) {
  return isUnsettled(incident) ? [
    action(t('incident.replay-open'), () => replay(view, incident), { test: 'replay', about: incident.branch }),
    action(t('incident.close-open'), () => close(view, incident), { test: 'close', about: incident.branch }),
  ] : null;
}
