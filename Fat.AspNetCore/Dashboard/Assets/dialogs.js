// Actions: a dialog that says what will happen, asks why, and shows why it was refused.

import { el, put } from './dom.js';
import { ApiError } from './api.js';
import { t } from './i18n.js';

/** What was typed and not sent, so that nobody types a reason twice because the page was stale. */
const drafts = new Map();

/**
 * Asks for what an action needs and does it. `fields` are { name, label, kind: 'reason' | 'word', required, hint }: a reason is text, a word is a box to tick. `run` gets their values.
 * Returns what `run` did, or null when the reader thought better of it; a 409 is thrown, for the page behind is stale; any other refusal is shown in the dialog.
 * What has been sent cannot be taken back: until the answer is there the dialog cannot be left.
 */
export function ask({ title, explanation, fields, confirm, danger, draft, run }) {
  return new Promise((resolve, reject) => {
    const inputs = new Map();
    const problem = el('div', { class: 'problem', role: 'alert' });
    const submit = el('button', { type: 'submit', class: danger ? 'danger primary' : 'primary', 'data-test': 'confirm' }, confirm);
    const cancel = el('button', { type: 'button', 'data-test': 'cancel', on: { click: () => dialog.close() } }, t('dialog.cancel'));
    const form = el('form', { on: { submit: event => void send(event) } },
      el('h2', { id: 'dialog-title' }, title),
      explanation.map(text => el('p', {}, text)),
      fields.map(field => control(field, inputs, drafts.get(draft))),
      problem,
      el('div', { class: 'buttons' }, cancel, submit));
    const dialog = el('dialog', { 'aria-labelledby': 'dialog-title', 'data-test': 'dialog' }, form);
    let isOver = false;
    let isRunning = false;
    dialog.addEventListener('cancel', event => {
      if (isRunning)
        event.preventDefault();
    });
    dialog.addEventListener('close', () => {
      // A browser lets nobody be kept for ever: the second time it closes without asking.
      if (isRunning) {
        dialog.showModal();
        return;
      }
      dialog.remove();
      if (!isOver)
        resolve(null);
    });
    document.body.append(dialog);
    dialog.showModal();
    (inputs.get('reason') ?? cancel).focus();

    async function send(event) {
      event.preventDefault();
      const values = Object.fromEntries([...inputs].map(([name, input]) => [name, input.type === 'checkbox' ? input.checked : input.value.trim()]));
      drafts.set(draft, values.reason ?? '');
      put(problem);
      running(true);
      try {
        const result = await run(values);
        drafts.delete(draft);
        end(() => resolve(result));
      } catch (error) {
        running(false);
        if (error instanceof ApiError && error.status !== 409)
          put(problem, el('strong', {}, problemTitle(error)), error.detail ? el('p', {}, error.detail) : null);
        else
          end(() => reject(error));
      }
    }

    function running(is) {
      isRunning = submit.disabled = cancel.disabled = is;
    }

    function end(answer) {
      isOver = true;
      isRunning = false;
      dialog.close();
      answer();
    }
  });
}

/** What a failure is called: by its status where there are words of ours, else by the server's. */
export function problemTitle(error) {
  const own = { 0: 'error.away', 401: 'error.signed-out', 403: 'error.forbidden', 404: 'error.unknown', 503: 'error.unavailable' }[error.status];
  return own ? t(own) : error.title ?? t('error.status', { status: error.status });
}

function control(field, inputs, draft) {
  const id = 'field-' + field.name;
  if (field.kind === 'word') {
    const box = el('input', { type: 'checkbox', id, required: field.required, 'aria-describedby': field.hint ? id + '-hint' : null });
    inputs.set(field.name, box);
    return el('div', { class: 'word' }, box, el('div', {}, el('label', { for: id }, field.label), field.hint ? el('p', { class: 'hint', id: id + '-hint' }, field.hint) : null));
  }
  const text = el('textarea', { id, required: true, rows: '3', maxlength: field.most ?? 2000, 'aria-describedby': field.hint ? id + '-hint' : null });
  text.value = draft ?? '';

  // A reason of nothing but spaces is none.
  text.addEventListener('input', () => text.setCustomValidity(text.value !== '' && text.value.trim() === '' ? t('dialog.reason-needed') : ''));
  inputs.set(field.name, text);
  return el('div', { class: 'field' }, el('label', { for: id }, field.label), text, field.hint ? el('p', { class: 'hint', id: id + '-hint' }, field.hint) : null);
}
