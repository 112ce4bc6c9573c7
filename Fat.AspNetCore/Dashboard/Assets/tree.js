// The calls of a group: each call with its executions and their branches, and the calls that it made.

import { el } from './dom.js';
import { t } from './i18n.js';
import { badge, code, instance, stateText } from './parts.js';
import { duration } from './time.js';

/** The tree of a group. A call whose own execution nobody told of stands where its id says. */
export function tree(group) {
  const calls = callsOf(group);
  if (calls.size === 0)
    return el('p', { class: 'none' }, t('tree.none'));
  const roots = [...calls.values()].filter(call => !calls.has(call.parent)).sort(byPath);
  return el('ul', { class: 'tree', 'data-test': 'tree' }, roots.map(call => node(call, calls)));
}

function callsOf(group) {
  const calls = new Map();
  const at = (id, parent) => {
    if (!calls.has(id))
      calls.set(id, { id, parent: parent ?? parentOf(id), scopes: [], branches: [] });
    return calls.get(id);
  };
  for (const scope of group.scopes)
    at(scope.call).scopes.push(scope);
  for (const branch of group.branches)
    at(branch.call, branch.parentCall).branches.push(branch);
  return calls;
}

/** 2.1 was called by 2, which was called by the root, 0. */
function parentOf(id) {
  if (id === '0')
    return null;
  return id.includes('.') ? id.slice(0, id.lastIndexOf('.')) : '0';
}

function byPath(one, other) {
  return one.id.localeCompare(other.id, 'en', { numeric: true });
}

function node(call, calls) {
  const children = [...calls.values()].filter(other => other.parent === call.id).sort(byPath);
  const scopes = call.scopes.length > 0 ? call.scopes : [scopeOf(call)];
  return el('li', {},
    scopes.map(scope => execution(call, scope)),
    call.branches.length > 0 ? el('ul', { class: 'branches' }, call.branches.map(leaf)) : null,
    children.length > 0 ? el('ul', {}, children.map(child => node(child, calls))) : null);
}

/** What its branches say of an execution whose registration was lost or has gone. */
function scopeOf(call) {
  const branch = call.branches[0];
  return { id: null, service: branch.service, instance: branch.instance, name: '', isRoot: call.id === '0' };
}

function execution(call, scope) {
  return el('div', { class: 'call' },
    el('span', { class: 'call-id', title: scope.id ?? call.id }, call.id), el('strong', {}, scope.service ?? t('state.unknown')), scope.name ? el('code', {}, scope.name) : null,
    scope.isRoot ? el('span', { class: 'tag' }, t('tree.root')) : null, scope.instance ? el('span', { class: 'muted' }, instance(scope.instance)) : null);
}

function leaf(branch) {
  return el('li', { class: 'leaf', 'data-test': 'branch' },
    el('div', { class: 'call' },
      badge(branch.decision ?? (branch.failure ? 'failed' : branch.vote ?? 'unknown')),
      branch.method ? code(branch.method) : null,
      branch.database ? [el('span', { class: 'muted' }, t('tree.on')), code(branch.database)] : null,
      branch.enlisted && branch.finished ? el('span', { class: 'muted' }, duration(Date.parse(branch.finished) - Date.parse(branch.enlisted))) : null,
      branch.vote ? el('span', { class: 'muted', title: branch.id }, t('tree.vote', { vote: stateText(branch.vote) })) : null),
    branch.failure ? el('p', { class: 'failure' }, branch.failure) : null);
}
