// Asks /status once a second while somebody looks, keeps five minutes of what it said, and shows it.

import { HISTORY_MS } from './chart.js';
import { duration } from './figures.js';
import { at, say } from './page.js';
import { draw, part } from './view.js';

const PERIOD_MS = 1000;
const PATIENCE_MS = 2500;
const GONE_MS = 5000;
const TOKEN = 'heddle.token';

// ---- what is known ----

let samples = [];
let latest = null;

/** What happened between two answers, in a second. */
function perSecond(now, before, figure) {
  const seconds = (now.now - before.now) / 1000;
  return seconds > 0 ? Math.max(0, figure(now) - figure(before)) / seconds : null;
}

function learn(status) {
  if (latest !== null && latest.startedAt !== status.startedAt) {
    samples = [];
    latest = null;
  }
  const process = part(status, 'process');
  const rate = (figure) => latest === null ? null : perSecond(status, latest, figure);
  samples.push({
    time: status.now,
    connections: status.connections.open,
    accepted: rate((each) => each.traffic.accepted),
    delivered: rate((each) => each.traffic.delivered),
    force: status.forces.count === 0 ? null : status.forces.p99,
    forceHalf: status.forces.count === 0 ? null : status.forces.p50,
    backlog: status.storage.waitingMessages,
    memory: process?.used ?? null,
    cpu: status.machine.cpuSeconds === null ? null : rate((each) => each.machine.cpuSeconds),
  });
  samples = samples.filter((sample) => status.now - sample.time <= HISTORY_MS);
  latest = status;
}

// ---- asking ----

let answeredAt = performance.now();
let asking = false;
let problem = '';

async function ask() {
  if (asking || document.hidden || !at('entrance').hidden) return;
  asking = true;
  const token = sessionStorage.getItem(TOKEN);
  const answer = await fetchStatus(token);
  asking = false;
  problem = answer.problem ?? '';
  if (answer.locked) {
    entrance(token === null ? '' : 'That is not the token.');
  } else if (answer.status !== undefined) {
    answeredAt = performance.now();
    learn(answer.status);
    draw(answer.status, samples);
    tell(answer.status.troubles);
    at('main').hidden = false;
    at('forget').hidden = token === null;
  }
}

/** A header holds bytes: those of UTF-8, a character each. */
const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text));

/** Never fails: what it gives has a status, or a problem in words, or is locked. */
async function fetchStatus(token) {
  try {
    // Without credentials: a browser's own window for passwords is not for us.
    const answer = await fetch('status', {
      headers: token === null ? {} : { Authorization: `Bearer ${bytes(token)}` },
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 401 || answer.status === 403) return { locked: true };
    const body = await answer.json();
    return answer.ok ? { status: body } : { problem: body.error };
  } catch {
    return { problem: 'the server does not answer' };
  }
}

// ---- saying how it stands ----

function tell(troubles) {
  at('notice').hidden = troubles.length === 0;
  at('notice').classList.remove('gone');
  say('notice', troubles.join('; '));
  state(troubles.length === 0 ? 'ready' : 'trouble', troubles.length === 0 ? 'Ready' : 'Not accepting');
}

/** @param since changes all the time, and is not read out */
function state(kind, text, since = '') {
  at('state').dataset.state = kind;
  say('state-since', since);
  at('main').classList.toggle('stale', kind === 'gone');
  say('state-text', text);
}

/** Says so if nothing has been heard for long. */
function look() {
  const silence = performance.now() - answeredAt;
  if (document.hidden || !at('entrance').hidden || silence < GONE_MS) return;
  state('gone', 'No answer', ` for ${duration(silence / 1000)}`);
  at('notice').hidden = false;
  at('notice').classList.add('gone');
  say('notice', `No answer: ${problem}. Trying again every second; what is shown is what was known last.`);
}

function entrance(why) {
  sessionStorage.removeItem(TOKEN);
  at('entrance').hidden = false;
  at('main').hidden = true;
  at('forget').hidden = true;
  at('notice').hidden = true;
  say('entrance-error', why);
  state('waiting', 'Locked');
  at('token').value = '';
  at('token').focus();
}

at('entrance').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, at('token').value.trim());
  at('entrance').hidden = true;
  answeredAt = performance.now();
  ask();
});

at('forget').addEventListener('click', () => entrance(''));

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    answeredAt = performance.now();
    ask();
  }
});

setInterval(() => {
  ask();
  look();
}, PERIOD_MS);
ask();
