// The administrator's page: what the REST interface tells, every two seconds, and what it can do.

import { element, formatBytes, formatSeconds, formatTime, setText, toast } from './dom.js';

const EVERY_MS = 2000;
const MOST_LINES = 500;

const node = (id) => document.getElementById(id);
const drawn = new Map();
let lastLine = 0;
let timer;

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`/api/v1/${path}`, options);
  const answer = response.status === 204 || response.status === 202 ? null : await response.json();
  if (!response.ok) {
    throw new Error(answer?.message ?? `status ${response.status}`);
  }
  return answer;
}

const part = encodeURIComponent;

/** Does something for the administrator and looks at once what came of it. */
async function act(what) {
  try {
    await what();
  } catch (e) {
    toast(e.message);
  }
  clearTimeout(timer);
  await look();
}

/** Draws only what has changed, so that nobody loses the focus. */
function draw(id, value, make) {
  const text = JSON.stringify(value);
  if (drawn.get(id) !== text) {
    drawn.set(id, text);
    const focused = document.activeElement?.dataset?.key;
    node(id).replaceChildren(...make(value));
    if (focused) {
      node(id).querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
  }
}

function figures(id, entries) {
  const list = node(id);
  for (const [name, value] of entries) {
    let shown = list.querySelector(`[data-figure="${CSS.escape(name)}"]`);
    if (!shown) {
      shown = element('dd', { 'data-figure': name });
      list.append(element('div', {}, element('dt', {}, name), shown));
    }
    setText(shown, String(value));
  }
}

function button(text, label, key, action) {
  return element('button', { type: 'button', 'aria-label': label, 'data-key': key, onclick: () => act(action) }, text);
}

function empty(text) {
  return [element('p', { class: 'hint' }, text)];
}

function drawRooms(rooms) {
  if (rooms.length === 0) {
    return empty('Nobody is in a room.');
  }
  return rooms.map((room) => {
    const path = `rooms/${part(room.name)}`;
    const tenant = `?tenant=${part(room.tenant)}`;
    const key = `${room.tenant}/${room.name}`;
    return element('div', { class: 'item', 'data-testid': 'admin-room' },
      element('div', { class: 'line' },
        element('h3', { class: 'grow' }, room.tenant === 'default' ? room.name : `${room.name} of ${room.tenant}`),
        button('Close', `Close the room ${room.name}`, `close ${key}`, () => call('DELETE', path + tenant))),
      ...room.members.map((member) => element('div', { class: 'line', 'data-testid': 'admin-member' },
        element('span', { class: 'grow' }, member.name + (member.connected ? '' : ' (away)')),
        button('Mute', `Mute ${member.name}`, `mute ${member.id}`,
          () => call('POST', `${path}/members/${part(member.id)}/mute${tenant}`, { sources: ['mic'] })),
        button('Remove', `Remove ${member.name}`, `remove ${member.id}`,
          () => call('DELETE', `${path}/members/${part(member.id)}${tenant}`)))));
  });
}

function drawCalls(calls) {
  if (calls.length === 0) {
    return empty('There are no telephone calls.');
  }
  return calls.map((each) => element('div', { class: 'line item' },
    element('span', { class: 'grow' }, `${each.from} → ${each.to}: ${each.state}`),
    button('Hang up', `Hang up ${each.from} to ${each.to}`, `hangup ${each.id}`, () => call('DELETE', `calls/${part(each.id)}`))));
}

function showSecret(key) {
  node('secret').hidden = false;
  setText(node('secret'), `Key ${key.id}, secret ${key.secret} – shown only now.`);
}

function drawTenants(tenants) {
  if (tenants.length === 0) {
    return empty('There is one tenant without keys: rooms are open to everybody.');
  }
  return tenants.map((tenant) => {
    const path = `tenants/${part(tenant.id)}`;
    const changeable = !tenant.configured;
    return element('div', { class: 'item', 'data-testid': 'admin-tenant' },
      element('div', { class: 'line' },
        element('h3', { class: 'grow' }, tenant.name === tenant.id ? tenant.id : `${tenant.name} (${tenant.id})`),
        changeable ? button('New key', `New key for ${tenant.id}`, `key ${tenant.id}`,
          async () => showSecret(await call('POST', `${path}/keys`))) : element('span', { class: 'hint' }, 'from the configuration'),
        changeable ? button('Remove', `Remove the tenant ${tenant.id}`, `drop ${tenant.id}`, () => call('DELETE', path)) : null),
      ...tenant.keys.map((key) => element('div', { class: 'line' },
        element('code', { class: 'grow' }, key.id),
        changeable ? button('Revoke', `Revoke the key ${key.id}`, `revoke ${key.id}`,
          () => call('DELETE', `${path}/keys/${part(key.id)}`)) : null)));
  });
}

function drawLog(lines) {
  const list = node('lines');
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
  for (const line of lines) {
    lastLine = Math.max(lastLine, line.id);
    list.append(element('li', { class: line.level }, `${formatTime(line.time)} ${line.level} ${line.logger}: ${line.text}`));
  }
  while (list.children.length > MOST_LINES) {
    list.firstChild.remove();
  }
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

async function look() {
  try {
    const [server, rooms, calls, turn, tenants, logs] = await Promise.all([
      call('GET', 'server'), call('GET', 'rooms'), call('GET', 'calls'), call('GET', 'turn'), call('GET', 'tenants'),
      call('GET', `logs?after=${lastLine}`)]);
    setText(node('summary'), server.draining ? 'Ending' : `Running for ${formatSeconds(server.uptimeSeconds)}`);
    figures('server', [
      ['Version', server.version], ['Rooms', server.rooms], ['Members', server.members], ['Connections', server.connections],
      ['Transfers', server.transfers], ['Memory', formatBytes(server.heapBytes)], ['Journal', formatBytes(server.journalBytes)],
      ['Refused by the disk', server.storeFailures], ['Webhooks waiting', server.pendingWebhooks], ['Dead letters', server.deadLetters]]);
    figures('turn', [
      ['Allocations', turn.allocations], ['Made', turn.allocationsMade], ['Refused', turn.allocationsRefused],
      ['Sent to peers', formatBytes(turn.bytesToPeers)], ['Sent to clients', formatBytes(turn.bytesToClients)],
      ['On TCP and TLS', turn.streams], ['Addresses asked', turn.bindings]]);
    draw('room-list', rooms.rooms.map(({ seconds, ...room }) => ({
      ...room, members: room.members.map(({ seconds: since, ...member }) => member) })), drawRooms);
    draw('call-list', calls.calls.map(({ seconds, ...each }) => each), drawCalls);
    draw('tenant-list', tenants.tenants, drawTenants);
    drawLog(logs.lines);
  } catch (e) {
    setText(node('summary'), `The server does not answer: ${e.message}`);
  }
  clearTimeout(timer);
  timer = setTimeout(look, EVERY_MS);
}

node('new-tenant').addEventListener('submit', (event) => {
  event.preventDefault();
  const id = node('tenant-id').value.trim();
  act(async () => {
    await call('PUT', `tenants/${part(id)}`, {});
    node('tenant-id').value = '';
  });
});

look();
