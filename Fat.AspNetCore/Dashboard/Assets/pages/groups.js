// Groups by state, service, time and id; for a reason of the overview, those that rolled back because of it.

import { get } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { abortText, badge, code, empty, groupLink, stateText, tabs, unreachable } from '../parts.js';
import { go, href } from '../router.js';
import { table } from '../table.js';
import { duration, fromInput, moment, number, toInput } from '../time.js';

const pageSize = 50;

/** How far a reason is looked for in one go: the list knows nothing of reasons. */
const searchSize = 200;
const searchPages = 10;

/** Reasons are counted by what they begin with. */
const reasonLength = 190;

const states = ['', 'open', 'committed', 'rolled-back', 'in-doubt'];

export function groups(view) {
  const query = view.query;
  view.head(t('groups.title'));
  view.add(tabs(t('groups.by-state'), states.map(state => ({
    text: state ? stateText(state) : t('groups.ended'), current: (query.state ?? '') === state, href: href(['groups'], { ...filtersOf(query), state }), id: 'state-' + (state || 'ended'), test: 'state-' + (state || 'ended'),
  }))), filterForm(view, query), reasonChip(query));
  view.load(() => isSearch(query) ? search(query, view.signal) : get(['groups'], { ...filtersOf(query), cursor: query.cursor, limit: pageSize }, view.signal), page => list(page, query));
}

function filtersOf({ state, service, from, to, gid, failedIn, method, reason }) {
  return isSearch({ failedIn, reason }) ? { state, service, from, to, failedIn, method, reason } : { state, service, from, to, gid };
}

function isSearch({ failedIn, reason }) {
  return Boolean(failedIn || reason);
}

/** Pages through the list until a page's worth is found, or enough has been looked at. */
async function search(query, signal) {
  const fields = { state: query.state, service: query.service, from: query.from, to: query.to, limit: searchSize };
  const items = [];
  let cursor = query.cursor ?? null;
  let looked = 0;
  let missing = [];
  for (let page = 0; page < searchPages && items.length < pageSize; page++) {
    const found = await get(['groups'], { ...fields, cursor }, signal);
    items.push(...found.items.filter(group => failedSo(group, query)));
    looked += found.items.length;
    missing = found.unreachable ?? missing;
    cursor = found.next;
    if (cursor === null)
      break;
  }
  return { items, next: cursor, unreachable: missing, looked };
}

function failedSo(group, { failedIn, method, reason }) {
  return group.abort !== null && group.abort.service === failedIn && group.abort.method === (method ?? '') && group.abort.reason.startsWith((reason ?? '').slice(0, reasonLength));
}

function filterForm(view, query) {
  const service = el('select', { id: 'service', 'data-test': 'service' }, el('option', { value: '' }, t('common.all-services')), servicesOf(view, query).map(name => el('option', { value: name, selected: name === query.service }, name)));
  const from = el('input', { type: 'datetime-local', id: 'from', value: toInput(query.from), 'data-test': 'from' });
  const to = el('input', { type: 'datetime-local', id: 'to', value: toInput(query.to), 'data-test': 'to' });
  const gid = el('input', { type: 'search', id: 'gid', value: query.gid, spellcheck: 'false', autocomplete: 'off', placeholder: t('groups.gid-hint'), 'data-test': 'gid' });
  const submit = event => {
    event.preventDefault();
    go(['groups'], { ...filtersOf(query), service: service.value, from: fromInput(from.value), to: fromInput(to.value), gid: gid.value.trim(), cursor: '' });
  };
  const form = el('form', { class: 'filters', role: 'search', on: { submit } },
    el('label', {}, t('groups.service'), service), el('label', {}, t('groups.from'), from), el('label', {}, t('groups.to'), to), el('label', { class: 'wide' }, t('groups.gid'), gid),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'primary', id: 'apply', 'data-test': 'apply' }, t('groups.apply')), el('a', { href: href(['groups'], { state: query.state }), id: 'clear' }, t('groups.clear'))));

  // Where the screen is narrow the list comes first, and an unused form stays folded.
  const isOpen = !matchMedia('(max-width: 48rem)').matches || Boolean(query.service || query.from || query.to || query.gid);
  return el('details', { class: 'filter', open: isOpen }, el('summary', { 'data-test': 'filters' }, t('groups.filters')), form);
}

/** A service that has gone is still what the address asks for. */
function servicesOf(view, query) {
  const known = view.session.services;
  return query.service && !known.includes(query.service) ? [...known, query.service] : known;
}

function reasonChip(query) {
  return isSearch(query)
    ? el('p', { class: 'chip', 'data-test': 'reason-filter' }, t('groups.because'), ' ', abortText({ service: query.failedIn ?? '', method: query.method ?? '', reason: query.reason ?? '' }), ' ',
      el('a', { href: href(['groups'], { state: query.state, service: query.service }), id: 'all-reasons' }, t('groups.any-reason')))
    : null;
}

function list(page, query) {
  return [
    unreachable(page.unreachable),
    page.looked === undefined ? null : el('p', { class: 'hint' }, t('groups.looked', { n: number(page.looked) })),
    page.items.length === 0 ? nothing(query) : table(t('groups.title'), columns(query), page.items, { test: 'groups' }),
    pager(page, query),
  ];
}

function nothing(query) {
  if (query.gid)
    return empty(t('groups.none-of-id'), t('groups.none-of-id-advice'));
  if (query.service || query.from || query.to || isSearch(query))
    return empty(t('groups.none-found'), t('groups.none-found-advice'));
  return query.state === 'open' ? empty(t('groups.none-open'), t('groups.none-open-advice')) : empty(t('groups.none'), t('groups.none-advice'));
}

function columns(query) {
  return [
    { title: t('groups.id'), kind: 'main', cell: group => groupLink(group.gid) },
    { title: t('common.state'), cell: group => badge(group.state) },
    { title: t('common.service'), cell: group => code(group.service) },
    { title: t('common.method'), kind: 'long', cell: group => code(group.method) },
    { title: query.state === 'open' ? t('groups.began') : t('groups.ended-at'), cell: group => moment(group.ended ?? group.began) },
    { title: query.state === 'open' ? t('common.age') : t('groups.took'), kind: 'number', cell: group => duration(group.durationMs) },
    { title: t('groups.branches'), kind: 'number', cell: group => number(group.branches) },
    query.state === 'committed' || query.state === 'open' ? null : { title: t('groups.why'), kind: 'long', cell: group => abortText(group.abort) },
  ].filter(column => column);
}

function pager(page, query) {
  if (!query.cursor && page.next === null)
    return null;
  return el('nav', { class: 'pager', 'aria-label': t('common.paging') },
    query.cursor ? el('a', { href: href(['groups'], filtersOf(query)), id: 'newest', 'data-test': 'newest' }, t('groups.newest')) : null,
    page.next === null ? null : el('a', { href: href(['groups'], { ...filtersOf(query), cursor: page.next }), id: 'older', 'data-test': 'older' }, t('groups.older')));
}
