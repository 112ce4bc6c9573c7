// The frame around the pages: who is asked, where one can go, which page is shown.

import { ApiError, beginSession } from './api.js';
import { problemTitle } from './dialogs.js';
import { el, put } from './dom.js';
import { language, t } from './i18n.js';
import { parse, href } from './router.js';
import { languageSwitch, themeSwitch } from './switches.js';
import { refreshMoments } from './time.js';
import { View } from './view.js';
import { audit } from './pages/audit.js';
import { group } from './pages/group.js';
import { groups } from './pages/groups.js';
import { inDoubt } from './pages/in-doubt.js';
import { incident } from './pages/incident.js';
import { incidents } from './pages/incidents.js';
import { instances } from './pages/instances.js';
import { message } from './pages/message.js';
import { messages } from './pages/messages.js';
import { overview } from './pages/overview.js';

const momentsEvery = 10000;

/** The pages by the first part of their path and the number of parts. */
const pages = [
  { path: '', parts: 0, show: overview },
  { path: 'overview', parts: 1, show: overview },
  { path: 'groups', parts: 1, show: groups },
  { path: 'groups', parts: 2, show: group },
  { path: 'in-doubt', parts: 1, show: inDoubt },
  { path: 'incidents', parts: 1, show: incidents },
  { path: 'incidents', parts: 3, show: incident },
  { path: 'messages', parts: 1, show: messages },
  { path: 'messages', parts: 2, show: message },
  { path: 'instances', parts: 1, show: instances },
  { path: 'audit', parts: 1, show: audit },
];

const sections = ['overview', 'groups', 'in-doubt', 'incidents', 'messages', 'instances', 'audit'];

let session = null;
let frame = null;
let shown = null;

addEventListener('hashchange', () => void show());
setInterval(() => refreshMoments(document), momentsEvery);
await begin();

async function begin() {
  try {
    session = await beginSession();
  } catch (error) {
    if (!(error instanceof ApiError))
      throw error;
    refused(error);
    return;
  }
  await draw();
}

/** The whole document, in the language of the moment. */
async function draw() {
  const focused = document.activeElement?.id;
  document.documentElement.lang = language;
  frame = buildFrame();
  put(document.body, frame.content);
  shown = null;
  await show();
  document.getElementById(focused || 'no-element')?.focus();
}

/** The page of the present address. Focus goes to the heading of another page, and stays where it was on the same one. */
async function show() {
  const route = parse(location.hash);
  const key = route.path.join('/');
  const isOther = shown?.key !== key;
  const focused = document.activeElement?.id;
  shown?.abort.abort();
  const isFirst = shown === null;
  const abort = new AbortController();
  shown = { key, abort };
  markSection(route.path[0] ?? 'overview');
  if (isOther)
    put(frame.notices);
  frame.menu.setAttribute('aria-expanded', 'false');
  put(frame.main);
  const view = new View({ main: frame.main, notices: frame.notices, route, session, signal: abort.signal, reload: () => show() });
  const page = pages.find(one => one.path === (route.path[0] ?? '') && one.parts === route.path.length);
  (page?.show ?? unknown)(view);
  if (isOther && !isFirst) {
    scrollTo(0, 0);
    document.getElementById('heading')?.focus();
  }
  await Promise.all(view.pending);
  if (!isOther && !abort.signal.aborted && document.activeElement === document.body)
    (document.getElementById(focused || 'heading') ?? document.getElementById('heading'))?.focus();
}

function unknown(view) {
  view.head(t('error.unknown'));
  view.add(el('p', {}, t('error.no-page')), el('p', {}, el('a', { href: href(['overview']) }, t('nav.overview'))));
}

function buildFrame() {
  const main = el('main', { id: 'main', tabindex: '-1' });
  const notices = el('div', { id: 'notices', role: 'status', 'aria-live': 'polite' });
  const menu = el('button', { type: 'button', class: 'menu', 'aria-expanded': 'false', 'aria-controls': 'nav', 'data-test': 'menu', on: { click: () =>
    menu.setAttribute('aria-expanded', menu.getAttribute('aria-expanded') === 'true' ? 'false' : 'true') } }, t('nav.menu'));
  const skip = el('button', { type: 'button', class: 'skip', 'data-test': 'skip', on: { click: () => main.focus() } }, t('nav.skip'));
  const nav = el('nav', { id: 'nav', 'aria-label': t('nav.label') }, el('ul', {}, sections.map(name =>
    el('li', {}, el('a', { href: href([name]), 'data-section': name, 'data-test': 'nav-' + name }, t('nav.' + name))))));
  const header = el('header', { class: 'top' },
    el('div', { class: 'brand' }, el('img', { src: 'assets/icon.svg', alt: '', width: '22', height: '22' }), el('span', { class: 'product' }, 'Fat'), el('span', { class: 'service', title: session.instance }, session.service)),
    menu, nav,
    el('div', { class: 'switches' },
      session.readOnly ? el('span', { class: 'tag', title: t('session.read-only-hint'), 'data-test': 'read-only' }, t('session.read-only')) : null,
      el('span', { class: 'user', title: t('session.user', { user: session.user }), 'data-test': 'user' }, session.user), languageSwitch(() => void draw()), themeSwitch()));
  const footer = el('footer', {}, `Fat ${session.version.split('+')[0]}`, session.instance ? ' · ' + t('session.footer', { instance: session.instance }) : null);
  return { content: [skip, header, notices, main, footer], main, notices, menu, nav };
}

function markSection(name) {
  for (const link of frame.nav.querySelectorAll('a')) {
    if (link.dataset.section === name)
      link.setAttribute('aria-current', 'page');
    else
      link.removeAttribute('aria-current');
  }
}

/** Nobody is let in, or nobody is there. */
function refused(error) {
  document.documentElement.lang = language;
  document.title = `${problemTitle(error)} · Fat`;
  const advice = { 401: 'error.signed-out-advice', 403: 'error.forbidden-session' }[error.status] ?? 'error.away-advice';
  put(document.body, el('main', { class: 'alone', role: 'alert', 'data-test': 'refused' },
    el('h1', {}, problemTitle(error)), error.detail ? el('p', {}, error.detail) : null, el('p', {}, t(advice)),
    el('button', { type: 'button', on: { click: () => void begin() } }, t('common.again'))));
}
