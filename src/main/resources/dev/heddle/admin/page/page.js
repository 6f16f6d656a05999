// Puts figures into the page. What a client can choose, a user's name for one, becomes text and never markup.

import { printable } from './printable.js';

export const at = (id) => document.getElementById(id);

export function show(name, text, unit = '') {
  const place = document.querySelector(`[data-value="${name}"]`);
  const key = `${text}|${unit}`;
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  place.textContent = text;
  if (unit !== '') {
    place.append(' ', element('small', unit));
  }
}

export function element(name, text = '', kind = '') {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind !== '') made.className = kind;
  return made;
}

/** Rows of a table; the first cell of each is its head, and may be a name. Cells are text, or numbers of which it is already text. */
export function rows(body, table, kind) {
  const heads = [...body.parentElement.tHead.rows[0].cells];
  body.replaceChildren(...table.map(([head, ...others]) => {
    const row = element('tr');
    [printable(head), ...others].forEach((cell, column) => {
      const made = element('td', cell, column === 0 ? kind : heads[column].className);
      if (column === 0) made.title = cell;
      row.append(made);
    });
    return row;
  }));
}

/** Changes text only if it is different, so that a screen reader is not told the same again. */
export function say(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text;
}
