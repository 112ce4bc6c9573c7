// Tables that become cards where the screen is narrow: each cell carries its column's title.

import { el } from './dom.js';

/**
 * A table. A column is { title, cell(row), kind }, where the kind `number` is set to the right, `short` is not broken, `long` may be broken anywhere, `main` names the row and `actions` holds buttons.
 * The roles are said outright because the cards' layout takes them away from table elements.
 */
export function table(caption, columns, rows, options = {}) {
  return el('table', { class: 'cards', role: 'table', id: options.id, 'data-test': options.test },
    el('caption', { class: 'visually-hidden' }, caption),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, columns.map(column =>
      el('th', { scope: 'col', role: 'columnheader', class: column.kind }, column.title)))),
    el('tbody', { role: 'rowgroup' }, rows.map(row => el('tr', { role: 'row', 'data-test': 'row' }, columns.map(column => cell(column, row))))));
}

function cell(column, row) {
  const attributes = { class: column.kind, 'data-label': column.title };
  return column.kind === 'main'
    ? el('th', { ...attributes, scope: 'row', role: 'rowheader' }, el('span', { class: 'value' }, column.cell(row)))
    : el('td', { ...attributes, role: 'cell' }, el('span', { class: 'value' }, column.cell(row)));
}
