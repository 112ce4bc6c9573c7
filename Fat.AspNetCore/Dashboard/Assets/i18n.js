// The texts of the chosen language.

import en from './en.js';
import zh from './zh.js';

const languages = { en, zh };
const storageKey = 'fat.language';

/** The languages, by code, in their own words. */
export const languageNames = { en: 'English', zh: '中文' };

/** The code of the language that is shown. */
export let language = chosen();

/** Shows another language from now on, and remembers it. */
export function setLanguage(code) {
  language = code;
  try {
    localStorage.setItem(storageKey, code);
  } catch {
    // No storage is allowed here: the choice lasts as long as the page.
  }
}

/** The text of a key, with {names} replaced by values. */
export function t(key, values) {
  const text = languages[language][key] ?? en[key] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : text;
}

/** Whether there is a text of that key. */
export function has(key) {
  return Object.hasOwn(en, key);
}

/** What Intl formats by: the browser's own variant of the language, if it is among those that the reader prefers. */
export function locale() {
  return navigator.languages.find(tag => tag.toLowerCase().split('-')[0] === language) ?? language;
}

function chosen() {
  try {
    const stored = localStorage.getItem(storageKey);
    if (stored !== null && Object.hasOwn(languages, stored))
      return stored;
  } catch {
    // No storage is allowed here: the browser's language is shown.
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
