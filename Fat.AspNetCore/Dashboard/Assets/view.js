// What a page works with: its place in the document, its route, and what pages have in common: loading, notices, actions.

import { el, put } from './dom.js';
import { ApiError } from './api.js';
import { problemTitle } from './dialogs.js';
import { t } from './i18n.js';
import { action } from './parts.js';

export class View {
  constructor({ main, notices, route, session, signal, reload }) {
    this.main = main;
    this.notices = notices;
    this.path = route.path;
    this.query = route.query;
    this.session = session;
    this.signal = signal;
    this.reload = reload;
    this.pending = [];
  }

  /** Whether actions are shown at all. */
  get canAct() {
    return !this.session.readOnly;
  }

  /** The page's heading, with what belongs beside it. */
  head(title, ...beside) {
    document.title = `${title} · ${this.session.service} · Fat`;
    this.add(el('div', { class: 'page-head' },
      el('h1', { id: 'heading', tabindex: '-1' }, title),
      el('div', { class: 'beside' }, beside, el('button', { type: 'button', id: 'refresh', 'data-test': 'refresh', on: { click: () => this.reload() } }, t('common.refresh')))));
  }

  add(...content) {
    this.main.append(...content.flat().filter(part => part));
  }

  /** A region that shows what `fetch` brings, as `render` draws it; a failure is shown in its place. */
  load(fetch, render) {
    const region = el('div', { class: 'region', 'aria-busy': 'true' }, el('p', { class: 'loading' }, t('common.loading')));
    this.add(region);
    const run = async () => {
      try {
        const data = await fetch();
        if (this.signal.aborted)
          return;
        put(region, render(data));
      } catch (error) {
        if (this.signal.aborted)
          return;
        region.removeAttribute('aria-busy');
        put(region, this.failure(error, run));

        // A mistake of the page itself belongs into the browser's console as well.
        if (!(error instanceof ApiError))
          throw error;
      }
      region.removeAttribute('aria-busy');
    };
    this.pending.push(run());
  }

  /** What could not be shown, why, and a way to ask again. */
  failure(error, again) {
    const title = error instanceof ApiError ? problemTitle(error) : t('error.page');
    return el('div', { class: 'notice error', role: 'alert', 'data-test': 'error' },
      el('strong', {}, title), error.detail ? el('p', {}, error.detail) : null, el('p', {}, this.advice(error)), action(t('common.again'), again));
  }

  /** Says something above the page until the reader goes elsewhere. */
  notify(kind, title, detail) {
    const note = el('div', { class: 'notice ' + kind, tabindex: '-1', 'data-test': 'notice-' + kind }, el('strong', {}, title), detail ? el('p', {}, detail) : null);
    put(this.notices, note);
    note.focus();
  }

  /** Runs an action's dialog. What was done, or that the page was stale, is said above the page, which is loaded again. */
  async act(dialog, told) {
    try {
      const result = await dialog();
      if (result === null)
        return;
      const [title, detail] = told(result);
      await this.reload();
      this.notify('done', title, detail);
    } catch (error) {
      if (!(error instanceof ApiError))
        throw error;
      await this.reload();
      this.notify('stale', t('stale.title'), `${error.detail ?? error.title ?? ''} ${t('stale.reloaded')}`.trim());
    }
  }

  advice(error) {
    const key = { 0: 'error.away-advice', 401: 'error.signed-out-advice', 403: 'error.forbidden-advice', 404: 'error.unknown-advice', 503: 'error.unavailable-advice' }[error.status];
    return key ? t(key) : '';
  }
}
