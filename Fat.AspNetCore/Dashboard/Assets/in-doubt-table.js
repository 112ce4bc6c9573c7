// Branches in doubt, on their own page and on their group's.

import { force } from './actions.js';
import { el } from './dom.js';
import { t } from './i18n.js';
import { action, code, decisionPlace, groupLink, short } from './parts.js';
import { table } from './table.js';
import { duration } from './time.js';

/** The table. On a group's page the group and the actions are left out: they stand there already. */
export function inDoubtTable(view, branches, { isOfGroup } = {}) {
  return table(t('in-doubt.title'), [
    isOfGroup ? null : { title: t('groups.id'), kind: 'main', cell: branch => groupLink(branch.gid) },
    { title: t('common.age'), kind: 'number', cell: branch => el('strong', {}, duration(branch.ageMs)) },
    { title: t('common.database'), kind: 'short', cell: branch => code(branch.database) },
    { title: t('group.branch'), kind: isOfGroup ? 'main' : 'short', cell: branch => code(branch.branch) },
    { title: t('in-doubt.prepared-name'), kind: 'long', cell: branch => code(branch.preparedName) },
    isOfGroup ? null : { title: t('in-doubt.asked'), cell: branch => [code(branch.rootService), ' · ', decisionPlace(branch.decisionDatabase)] },
    { title: t('in-doubt.waited-for'), cell: branch => branch.isWaitedFor ? t('in-doubt.here') : t('in-doubt.nobody-here') },
    isOfGroup || !view.canAct ? null : {
      title: t('common.actions'), kind: 'actions', cell: branch => [
        action(t('force.roll-back-open'), () => force(view, branch.gid, 'rolled-back', branch.seen), { danger: true, test: 'force-roll-back', about: short(branch.gid) }),
        action(t('force.commit-open'), () => force(view, branch.gid, 'committed', branch.seen), { danger: true, test: 'force-commit', about: short(branch.gid) }),
      ],
    },
  ].filter(column => column), branches, { test: 'in-doubt' });
}
