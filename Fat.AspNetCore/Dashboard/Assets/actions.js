// What an operator can do, in the words that the dialogs use.

import { ask } from './dialogs.js';
import { post } from './api.js';
import { t } from './i18n.js';
import { stateText } from './parts.js';

const reason = () => ({ name: 'reason', kind: 'reason', label: t('dialog.reason'), hint: t('dialog.reason-hint') });

/** Forces the decision of a group, committed or rolled-back. */
export function force(view, gid, decision, seen) {
  const isCommit = decision === 'committed';
  return view.act(() => ask({
    title: isCommit ? t('force.commit-title') : t('force.roll-back-title'),
    explanation: [t('force.group', { gid }), isCommit ? t('force.commit-means') : t('force.roll-back-means'), t('force.final')],
    fields: [
      reason(),
      isCommit ? { name: 'rootWroteNothing', kind: 'word', label: t('force.root-wrote-nothing'), hint: t('force.root-wrote-nothing-hint') } : null,
      { name: 'decisionDatabaseIsGone', kind: 'word', label: t('force.database-is-gone'), hint: t('force.database-is-gone-hint') },
    ].filter(field => field),
    confirm: isCommit ? t('force.commit') : t('force.roll-back'),
    danger: true,
    draft: 'force/' + gid,
    run: values => post(['groups', gid, 'force'], {
      decision, seen, reason: values.reason, rootWroteNothing: values.rootWroteNothing ?? false, decisionDatabaseIsGone: values.decisionDatabaseIsGone,
    }),
  }), result => [
    result.hadEffect ? t('force.done', { decision: stateText(result.decision) }) : t('force.was-decided', { decision: stateText(result.decision) }),
    t('force.finished', { n: result.finished }) + (result.published ? '' : ' ' + t('force.not-published')),
  ]);
}

/** Runs the call of a lost branch again. */
export function replay(view, incident) {
  return view.act(() => ask({
    title: t('incident.replay-title'),
    explanation: [t('incident.replay-means', { method: incident.method })],
    fields: [
      reason(),
      incident.allowsReplay ? null : { name: 'evenIfNotAllowed', kind: 'word', required: true, label: t('incident.even-if'), hint: t('incident.even-if-hint') },
    ].filter(field => field),
    confirm: t('incident.replay'),
    danger: !incident.allowsReplay,
    draft: `replay/${incident.gid}/${incident.branch}`,
    run: values => post(['incidents', incident.gid, incident.branch, 'replay'], { version: incident.version, reason: values.reason, evenIfNotAllowed: values.evenIfNotAllowed ?? false }),
  }), result => [result.state === 'replayed' ? t('incident.replayed') : t('incident.replay-failed'), result.state === 'replayed' ? null : result.reason]);
}

/** Closes an incident. */
export function close(view, incident) {
  return view.act(() => ask({
    title: t('incident.close-title'),
    explanation: [t('incident.close-means')],
    fields: [{ name: 'reason', kind: 'reason', label: t('incident.note'), hint: t('incident.note-hint') }],
    confirm: t('incident.close'),
    draft: `close/${incident.gid}/${incident.branch}`,
    run: values => post(['incidents', incident.gid, incident.branch, 'close'], { version: incident.version, note: values.reason }),
  }), () => [t('incident.closed')]);
}

/** Makes a branch of a message due now, or all that wait or have failed. */
export function retry(view, message, branch) {
  return view.act(() => ask({
    title: branch ? t('message.retry-title', { branch }) : t('message.retry-all-title'),
    explanation: [t('message.retry-means')],
    fields: [{ ...reason(), most: 1900 }],
    confirm: t('message.retry'),
    draft: `retry/${message.gid}/${branch}`,
    run: values => post(['messages', message.gid, 'retry'], { branch, reason: values.reason, seen: message.seen }),
  }), result => [result.changed > 0 ? t('message.retried', { n: result.changed }) : t('message.nothing-waits')]);
}

/** Delivers a branch once more. */
export function redeliver(view, message, branch) {
  return view.act(() => ask({
    title: t('message.redeliver-title', { branch }),
    explanation: [t('message.redeliver-means')],
    fields: [{ ...reason(), most: 1900 }],
    confirm: t('message.redeliver'),
    danger: true,
    draft: `redeliver/${message.gid}/${branch}`,
    run: values => post(['messages', message.gid, 'redeliver'], { branch, reason: values.reason, seen: message.seen }),
  }), result => [result.changed > 0 ? t('message.redelivered') : t('message.no-delivery')]);
}

/** Takes back what of a message is not consumed. */
export function cancel(view, message) {
  return view.act(() => ask({
    title: t('message.cancel-title'),
    explanation: [t('message.cancel-means')],
    fields: [{ ...reason(), most: 500 }],
    confirm: t('message.cancel'),
    danger: true,
    draft: 'cancel/' + message.gid,
    run: values => post(['messages', message.gid, 'cancel'], { reason: values.reason, seen: message.seen }),
  }), result => [result.changed > 0 ? t('message.cancelled', { n: result.changed }) : t('message.nothing-to-cancel')]);
}
