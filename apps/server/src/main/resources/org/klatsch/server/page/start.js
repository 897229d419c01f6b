// The start page.

import { parseCode } from './protocol.js';
import { byTestId, setText } from './dom.js';

const node = (id) => document.getElementById(id);
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A room name that nobody guesses: 12 of 31 letters. */
function newRoom() {
  const letters = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => LETTERS[byte % LETTERS.length]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4, 8).join('')}-${letters.slice(8).join('')}`;
}

node('room-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = byTestId('room-input').value.trim().replace(/\s+/g, '-');
  if (name === '') {
    location.assign(`/r/${newRoom()}`);
  } else if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    location.assign(`/r/${name}`);
  } else {
    setText(node('room-error'), 'Letters, digits, dots and dashes only, at most 64.');
    node('room-error').hidden = false;
  }
});
node('code-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const code = parseCode(byTestId('code-input').value);
  if (code) {
    location.assign(`/t/${code.id}#${code.secret}`);
  } else {
    setText(node('code-error'), 'A code looks like 4711-tango-river-maple.');
    node('code-error').hidden = false;
  }
});
