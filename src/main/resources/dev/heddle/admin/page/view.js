// What one answer of /status looks like.

import { Chart } from './chart.js';
import { about, bytes, count, duration, known, millis, round, words } from './figures.js';
import { at, element, rows, show } from './page.js';

const SLOW_MS = 5000;
const MOST_ROWS = 6;
/** Figures of what happens are means over so long: those of a single second are never twice the same. */
const MEAN_MS = 5000;

export const part = (status, name) => status.memory.find((each) => each.part === name);

const charts = {
  connections: new Chart('connections', 'Connections', count, 10),
  messages: new Chart('messages', 'Messages a second', count, 10),
  force: new Chart('force', 'Force to disk', (value) => `${millis(value)} ms`, 1),
  backlog: new Chart('backlog', 'Waiting messages', count, 10),
  memory: new Chart('memory', 'Memory', bytes, 1),
  cpu: new Chart('cpu', 'Processors busy', round, 0.1),
};

/** @param samples of the last five minutes; the last one is of this answer */
export function draw(status, samples) {
  at('version').textContent = status.version;
  at('where').textContent = `${location.host}, pid ${status.pid}, up ${duration((status.now - status.startedAt) / 1000)}`;
  document.title = `${count(status.connections.open)} connections, Heddle`;
  now(status, mean(samples));
  left(status.capacity);
  limits(status);
  slow(status);
  full(status);
  shards(status.shards);
  sums(status);
  charts.connections.draw(samples, status.now, 'connections');
  charts.messages.draw(samples, status.now, 'accepted', { second: 'delivered' });
  charts.force.draw(samples, status.now, 'force', { second: 'forceHalf' });
  charts.backlog.draw(samples, status.now, 'backlog');
  charts.memory.draw(samples, status.now, 'memory', { limit: part(status, 'process')?.limit ?? null });
  charts.cpu.draw(samples, status.now, 'cpu', { limit: status.machine.processors });
}

/** What happened of late; how things stand is how they stand now. */
function mean(samples) {
  const latest = samples.at(-1);
  const late = samples.filter((sample) => latest.time - sample.time < MEAN_MS);
  const over = (name) => {
    const values = late.map((sample) => sample[name]).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return { ...latest, accepted: over('accepted'), delivered: over('delivered'), cpu: over('cpu') };
}

function now(status, sample) {
  const { connections, storage, machine } = status;
  show('connections', count(connections.open), `of ${count(connections.limit)}`);
  show('connections-more', `${count(connections.sessions)} logged in, ${count(connections.users)} users known`);
  show('accepted-rate', about(sample.accepted));
  show('delivered-rate', about(sample.delivered));
  show('force', millis(sample.force), sample.force === null ? '' : 'ms');
  show('force-half', sample.forceHalf === null ? '' : `${millis(sample.forceHalf)} ms`);
  show('backlog', count(storage.waitingMessages));
  show('backlog-more', `${bytes(storage.waitingBytes)} in the log`);
  const process = part(status, 'process');
  const [amount, unit] = bytes(process?.used).split(' ');
  show('memory', amount, unit);
  show('memory-more', `ceiling ${bytes(process?.limit)}`);
  show('cpu', sample.cpu === null ? '–' : round(sample.cpu), `of ${machine.processors}`);
  show('cpu-more', machine.openFiles === null ? '' : `${count(machine.openFiles)} open files`);
}

function left(capacity) {
  show('left-connections', known(capacity.connections, about));
  show('left-connections-why', capacity.heapBytesPerConnection === null
    ? 'known once a hundred have come'
    : `each costs ${bytes(Math.round(capacity.heapBytesPerConnection))} of heap`);
  show('left-messages', known(capacity.messagesPerSecond, about));
  show('left-messages-why', capacity.cpuMicrosPerMessage === null
    ? 'known after a thousand in a minute'
    : `each costs ${round(capacity.cpuMicrosPerMessage)} µs of processor`);
  show('left-disk', known(capacity.diskHours, (hours) => duration(hours * 3600)));
  show('left-disk-why', capacity.diskBytesPerHour === null
    ? 'the log does not grow'
    : `the log grows by ${bytes(Math.round(capacity.diskBytesPerHour))} an hour`);
}

function limits(status) {
  const { connections, storage } = status;
  const all = [
    ...status.memory.map((each) => [`memory, ${each.part}`, each.used, each.limit, bytes]),
    ['log on disk', storage.logBytes, storage.logLimitBytes, bytes],
    ['connections', connections.open, connections.limit, count],
    ['users known', connections.users, connections.userLimit, count],
  ].filter(([, used, limit]) => used !== null && limit !== null);
  const place = at('limits');
  while (place.children.length < all.length) place.append(limitRow());
  while (place.children.length > all.length) place.lastChild.remove();
  all.forEach(([name, used, limit, format], index) => fillLimit(place.children[index], name, used, limit, format));
}

function limitRow() {
  const row = element('div', '', 'limit');
  const text = element('p');
  text.append(element('span'), element('span', '', 'amount'));
  const track = element('div', '', 'track');
  track.setAttribute('role', 'meter');
  track.setAttribute('aria-valuemin', '0');
  track.append(element('div'));
  row.append(text, track);
  return row;
}

function fillLimit(row, name, used, limit, format) {
  const [text, track] = row.children;
  const share = limit === 0 ? 0 : used / limit;
  const amount = `${format(used)} of ${format(limit)}`;
  text.children[0].textContent = name;
  text.children[1].textContent = amount;
  track.setAttribute('aria-label', name);
  track.setAttribute('aria-valuemax', String(limit));
  track.setAttribute('aria-valuenow', String(used));
  track.setAttribute('aria-valuetext', amount);
  track.firstChild.style.width = `${Math.min(100, share * 100)}%`;
  track.firstChild.className = share > 1 ? 'over' : share > 0.9 ? 'near' : '';
}

/** Who is online and does not take what waits: it is not even sent, or it was long ago. */
function slow(status) {
  const age = (client) => status.now - (client.oldestAt ?? status.now);
  const behind = status.slowestClients
    .filter((client) => client.unsent > 0 || age(client) > SLOW_MS)
    .slice(0, MOST_ROWS);
  ranking('slow', behind.map((client) => [
    client.user, duration(age(client) / 1000), count(client.messages), count(client.unsent),
    bytes(client.window?.queuedBytes)]));
}

function full(status) {
  ranking('full', status.fullestInboxes.filter((inbox) => inbox.messages > 0).slice(0, MOST_ROWS).map((inbox) => [
    inbox.user, count(inbox.messages), seen(inbox, status.now), bytes(inbox.bytes)]));
}

function seen(inbox, now) {
  if (inbox.online) return 'online';
  return inbox.lastSeenAt === null ? 'never' : `${duration((now - inbox.lastSeenAt) / 1000)} ago`;
}

function ranking(name, table) {
  at(`${name}-none`).hidden = table.length > 0;
  at(name).hidden = table.length === 0;
  rows(at(`${name}-rows`), table, 'user');
}

function shards(all) {
  rows(at('shard-rows'), all.map((shard) => [
    `${shard.number}${shard.full ? ', storage full' : ''}`,
    count(shard.waitingMessages), count(shard.sessions), bytes(shard.logBytes),
    millis(shard.forces.p99), millis(shard.forces.max), millis(shard.forces.p50), count(shard.forces.count),
    `${count(shard.ringCommands)} of ${count(shard.ringCapacity)}`, count(shard.ringStalls),
    round(shard.commandsPerCycle), count(shard.users)]), '');
}

function sums(status) {
  const { traffic, connections, legacy } = status;
  const all = [
    ['accepted', `${count(traffic.accepted)}`], ['accepted, bodies', bytes(traffic.acceptedBytes)],
    ['delivered', count(traffic.delivered)], ['delivered, bodies', bytes(traffic.deliveredBytes)],
    ['acknowledged', count(traffic.acknowledged)], ['expired', count(traffic.expired)],
    ['logins', count(connections.logins)], ['logins refused', count(connections.failedLogins)],
    ['connections turned away', count(connections.turnedAway)],
    ['connections limited by address', count(connections.limitedConnections)],
    ['logins limited by address', count(connections.limitedLogins)],
    ...(legacy ? [
      ['legacy connections', `${count(legacy.connections)} of ${count(legacy.limit)}`],
      ['legacy connections turned away', count(legacy.turnedAway)],
      ['legacy messages refused', count(legacy.refusedSends)]] : []),
    ...Object.entries(traffic.rejected).map(([code, many]) => [`rejected: ${words(code)}`, count(many)]),
    ...Object.entries(traffic.goodbyes).map(([code, many]) => [`goodbye: ${words(code)}`, count(many)]),
  ];
  at('sums').replaceChildren(...all.map(([name, text]) => {
    const pair = element('div');
    pair.append(element('dt', name), element('dd', text));
    return pair;
  }));
}
