// The small parts that pages are made of.

import { el, hidden } from './dom.js';
import { has, t } from './i18n.js';
import { href } from './router.js';

const marks = {
  committed: '✓', consumed: '✓', replayed: '✓', prepared: '●', 'read-only': '○', joined: '◐',
  'rolled-back': '✕', failed: '!', 'in-doubt': '?', open: '…', submitted: '→', delivering: '→', retrying: '↻',
};

/** A state, by a word, a mark and a colour. */
export function badge(state) {
  return el('span', { class: 'badge', 'data-state': state }, el('span', { class: 'mark', 'aria-hidden': 'true' }, marks[state] ?? '·'), stateText(state));
}

/** A state as a word; one that this page does not know is shown as it is. */
export function stateText(state) {
  const key = 'state.' + state;
  return has(key) ? t(key) : String(state);
}

/** A link to a group, which says its whole id to those who hover or listen. */
export function groupLink(gid, text) {
  return el('a', { href: href(['groups', gid]), class: 'id', title: gid, 'data-test': 'group-link' }, text ?? short(gid));
}

/** A group or a message, by the shape of its id: groups have plain UUIDs. */
export function subjectLink(subject) {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(subject)
    ? groupLink(subject)
    : messageLink(subject);
}

/** A link to a message; the application may have chosen its id, and a long one. */
export function messageLink(gid) {
  return el('a', { href: href(['messages', gid]), class: 'id long-id', title: gid, 'data-test': 'message-link' }, gid);
}

/** Text that machines made: ids, names, methods. It may be broken anywhere, best behind its punctuation. */
export function code(text) {
  if (text === null || text === undefined || text === '')
    return el('span', { class: 'none' }, '–');
  return el('code', {}, String(text).split(/(?<=[.,:(/])/).map((part, index) => index === 0 ? part : [el('wbr'), part]));
}

/** A process: its service is known from the column beside it, so its random part is shown. */
export function instance(id) {
  return id ? el('code', { title: id }, id.includes('~') ? id.slice(id.lastIndexOf('~')) : id) : code(null);
}

/** Where a decision is kept. */
export function decisionPlace(database) {
  return database === '-' ? t('common.registry') : code(database);
}

/** Why a group failed: service, method and words. */
export function abortText(abort) {
  return abort
    ? el('span', { class: 'abort' }, el('code', {}, abort.service), abort.method ? [' ', el('code', {}, abort.method)] : null, el('span', { class: 'reason' }, abort.reason))
    : el('span', { class: 'none' }, '–');
}

/** A list without anything in it: what that means, and what to do. */
export function empty(title, advice) {
  return el('div', { class: 'empty', 'data-test': 'empty' }, el('p', { class: 'empty-title' }, title), el('p', {}, advice));
}

/** What could not be asked, so that a short list is not taken for a complete one. */
export function unreachable(names) {
  return names?.length
    ? el('p', { class: 'notice warning', role: 'status', 'data-test': 'unreachable' }, t('common.unreachable', { names: names.map(name => name === 'registry' ? t('common.registry') : name).join(', ') }))
    : null;
}

/** Names and values, as a list. */
export function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(pair => pair).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

/** A part of a page under a heading. */
export function section(title, ...content) {
  return el('section', {}, el('h2', {}, title), content);
}

/** A row of links, of which one is where we are. */
export function tabs(label, items) {
  return el('nav', { class: 'tabs', 'aria-label': label }, el('ul', {}, items.map(item => el('li', {},
    el('a', { href: item.href, id: item.id, 'aria-current': item.current ? 'page' : null, 'data-test': item.test }, item.text,
      item.count === undefined ? null : [' ', el('span', { class: 'count' }, item.count)])))));
}

/** Paging by numbers: `path` and `query` are the page's own. */
export function numberedPager(path, query, skip, limit, shown, hasMore) {
  if (skip === 0 && !hasMore)
    return null;
  return el('nav', { class: 'pager', 'aria-label': t('common.paging') },
    skip > 0 ? el('a', { href: href(path, { ...query, skip: Math.max(0, skip - limit) || '' }), id: 'previous' }, t('common.previous')) : null,
    el('span', {}, t('common.shown', { from: shown ? skip + 1 : skip, to: skip + shown })),
    hasMore ? el('a', { href: href(path, { ...query, skip: skip + limit }), id: 'next' }, t('common.next')) : null);
}

/** A number of a query, or 0. */
export function skipOf(query) {
  const value = Number.parseInt(query.skip ?? '', 10);
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** JSON with indents, or the text as it is. */
export function pretty(value) {
  if (typeof value !== 'string')
    return JSON.stringify(value, null, 2);
  try {
    JSON.parse(value);
  } catch {
    // Not JSON; it is shown as it was sent.
    return value;
  }
  return indent(value);
}

/** Sets JSON over lines, and changes nothing in it: numbers of this language do not hold all that others wrote, and its objects have each name once. */
function indent(json) {
  let text = '';
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '"') {
      const end = endOfString(json, at);

      // What is escaped for no reason, such as letters beyond ASCII, is for people to read.
      text += JSON.stringify(JSON.parse(json.slice(at, end)));
      at = end - 1;
    } else if (char === '{' || char === '[') {
      let inside = at + 1;
      while (json[inside].trim() === '')
        inside++;
      if (json[inside] === '}' || json[inside] === ']') {
        text += char + json[inside];
        at = inside;
      } else {
        depth++;
        text += char + line();
      }
    } else if (char === '}' || char === ']') {
      depth--;
      text += line() + char;
    } else if (char === ',') {
      text += char + line();
    } else if (char === ':') {
      text += ': ';
    } else if (char.trim() !== '') {
      text += char;
    }
  }
  return text;
}

/** Behind the closing quote of the string that begins here. */
function endOfString(json, start) {
  let at = start + 1;
  while (json[at] !== '"')
    at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** A button that opens a dialog. */
export function action(text, run, options = {}) {
  return el('button', { type: 'button', class: options.danger ? 'danger' : null, 'data-test': options.test, on: { click: run } }, text,
    options.about ? hidden(' ' + options.about) : null);
}

/** An id, cut in the middle: ids of groups begin with their time and end with what is random. */
export function short(gid) {
  return gid.length > 22 ? gid.slice(0, 8) + '…' + gid.slice(-8) : gid;
}
