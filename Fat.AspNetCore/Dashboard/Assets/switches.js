// The language and the colour scheme, chosen by the reader and remembered.

import { el } from './dom.js';
import { language, languageNames, setLanguage, t } from './i18n.js';

const storageKey = 'fat.theme';
const themes = ['system', 'light', 'dark'];

/** The choice of language; `changed` draws the page again. */
export function languageSwitch(changed) {
  const select = el('select', { id: 'language', 'aria-label': t('switch.language'), 'data-test': 'language', on: { change: () => {
    setLanguage(select.value);
    changed();
  } } }, Object.entries(languageNames).map(([code, name]) => el('option', { value: code, lang: code, selected: code === language }, name)));
  return select;
}

/** The choice of colours: the system's, light or dark. */
export function themeSwitch() {
  const now = document.documentElement.dataset.theme ?? 'system';
  const select = el('select', { id: 'theme', 'aria-label': t('switch.theme'), 'data-test': 'theme', on: { change: () => show(select.value) } },
    themes.map(theme => el('option', { value: theme, selected: theme === now }, t('theme.' + theme))));
  return select;
}

function show(theme) {
  if (theme === 'system')
    delete document.documentElement.dataset.theme;
  else
    document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // No storage is allowed here: the choice lasts as long as the page.
  }
}
