// Times and durations as people read them; the exact time is in the element's title and datetime.

import { el } from './dom.js';
import { locale, t } from './i18n.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A moment: how long ago when that is less than an hour, else the date and the time. */
export function moment(iso) {
  if (!iso)
    return el('span', { class: 'none' }, '–');
  const element = el('time', { datetime: iso, title: exact(iso), 'data-moment': true });
  element.textContent = readable(iso);
  return element;
}

/** Brings the moments of a part of the page up to date. */
export function refreshMoments(root) {
  for (const element of root.querySelectorAll('time[data-moment]'))
    element.textContent = readable(element.dateTime);
}

/** A moment to the millisecond, here and in UTC. */
export function exact(iso) {
  const at = new Date(iso);
  const here = new Intl.DateTimeFormat(locale(), {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
    hour12: false, timeZoneName: 'short',
  });
  return `${here.format(at)} · ${iso}`;
}

/** The time of day. */
export function clock(at, withSeconds) {
  const options = { hour: '2-digit', minute: '2-digit', hour12: false };
  return new Intl.DateTimeFormat(locale(), withSeconds ? { ...options, second: '2-digit' } : options).format(at);
}

/** The day of the week and of the month. */
export function weekday(at) {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', day: 'numeric' }).format(at);
}

/** A duration in milliseconds, in two units at most. */
export function duration(ms) {
  if (ms === null || ms === undefined)
    return '–';
  const size = Math.abs(ms);
  const sign = ms < 0 ? '−' : '';
  if (size < second)
    return sign + t('time.ms', { n: number(size, size < 10 ? 1 : 0) });
  if (size < minute)
    return sign + t('time.s', { n: number(size / second, size < 10 * second ? 2 : 1) });
  if (size < hour)
    return sign + t('time.min-s', { m: Math.floor(size / minute), s: Math.floor(size % minute / second) });
  return size < day
    ? sign + t('time.h-min', { h: Math.floor(size / hour), m: Math.floor(size % hour / minute) })
    : sign + t('time.d-h', { d: Math.floor(size / day), h: Math.floor(size % day / hour) });
}

/** A number by the reader's habits; a dash for one that is not known. */
export function number(value, digits = 0) {
  return value === null || value === undefined ? '–' : new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** What an input of a local date and time shows for a moment. */
export function toInput(iso) {
  const at = new Date(iso);
  if (!iso || Number.isNaN(at.getTime()))
    return '';
  const two = value => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment that such an input holds. */
export function fromInput(text) {
  return text ? new Date(text).toISOString() : '';
}

function readable(iso) {
  const at = new Date(iso);
  const now = Date.now();
  const age = now - at.getTime();
  if (Math.abs(age) < hour) {
    const ago = new Intl.RelativeTimeFormat(locale(), { numeric: 'always', style: 'short' });
    return Math.abs(age) < minute ? ago.format(-Math.round(age / second), 'second') : ago.format(-Math.round(age / minute), 'minute');
  }
  const options = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false };
  if (new Date(now).toDateString() !== at.toDateString())
    Object.assign(options, { month: 'short', day: 'numeric' });
  if (new Date(now).getFullYear() !== at.getFullYear())
    options.year = 'numeric';
  return new Intl.DateTimeFormat(locale(), options).format(at);
}
