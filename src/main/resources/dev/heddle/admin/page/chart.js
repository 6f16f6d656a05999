// Small charts of the last five minutes.

import { element } from './page.js';

export const HISTORY_MS = 5 * 60 * 1000;
/** A longer silence between two samples is a gap in the line: somebody looked away, or the server was gone. */
const GAP_MS = 5500;

/** A line of fewer is none. */
const LEAST_SAMPLES = 3;
/** What the chart shows at least, so that its first seconds do not rush by. */
const LEAST_SPAN_MS = 15 * 1000;

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 320;
const HEIGHT = 92;
const TOP = 14;
const BOTTOM = 16;

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** One or two lines over the last five minutes, or as long as there is anything to show, from 0 up to a round number above the highest. */
export class Chart {
  /** @param least what the top of the chart never is below */
  constructor(name, title, format, least) {
    this.title = title;
    this.format = format;
    this.least = least;
    this.svg = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
    const foot = HEIGHT - BOTTOM;
    this.area = svg('path', { class: 'area' });
    this.b = svg('path', { class: 'b' });
    this.a = svg('path', { class: 'a' });
    this.svg.append(
      svg('line', { class: 'grid', x1: 0, x2: WIDTH, y1: TOP, y2: TOP }),
      svg('line', { class: 'grid', x1: 0, x2: WIDTH, y1: foot, y2: foot }),
      this.area, this.a, this.b);
    this.top = element('span', '', 'top');
    this.from = element('span', '', 'from');
    this.place = document.querySelector(`[data-chart="${name}"]`);
    this.place.replaceChildren(this.svg, this.top, this.from, element('span', 'now', 'to'));
  }

  /** @param limit the top, where there is a limit that everything is to be seen against */
  draw(samples, now, first, { second = null, limit = null } = {}) {
    const known = samples.filter((sample) => sample[first] !== null && sample[first] !== undefined);
    this.place.classList.toggle('empty', known.length < LEAST_SAMPLES);
    const span = Math.min(HISTORY_MS, Math.max(LEAST_SPAN_MS, now - (known[0]?.time ?? now)));
    const values = samples.flatMap((sample) => [sample[first], second === null ? null : sample[second]])
      .filter((value) => value !== null && value !== undefined);
    const most = Math.max(0, ...values);
    const top = limit !== null && limit >= most ? limit : roundUp(Math.max(this.least, most));
    const place = (sample, name) => [
      WIDTH * (1 - (now - sample.time) / span),
      HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * sample[name] / top];
    this.a.setAttribute('d', line(samples, (sample) => place(sample, first), first));
    this.area.setAttribute('d', area(samples, (sample) => place(sample, first), first));
    this.b.setAttribute('d', second === null ? '' : line(samples, (sample) => place(sample, second), second));
    this.top.textContent = this.format(top);
    this.from.textContent = `${span < 60000 ? `${Math.round(span / 1000)} s` : `${Math.round(span / 60000)} min`} ago`;
    const last = samples.at(-1);
    this.svg.setAttribute('aria-label', last === undefined || values.length === 0
      ? `${this.title}, nothing yet`
      : `${this.title} in the last five minutes: now ${this.format(last[first])}, at most ${this.format(most)}`);
  }
}

/** Parts of the history between which nothing is known. */
function runs(samples, name) {
  const all = [];
  let before = null;
  for (const sample of samples) {
    if (sample[name] === null || sample[name] === undefined) {
      before = null;
      continue;
    }
    if (before === null || sample.time - before.time > GAP_MS) all.push([]);
    all.at(-1).push(sample);
    before = sample;
  }
  return all;
}

const path = (points) => points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');

function line(samples, place, name) {
  return runs(samples, name).map((run) => `M${path(run.map(place))}`).join('');
}

function area(samples, place, name) {
  const foot = HEIGHT - BOTTOM;
  return runs(samples, name).filter((run) => run.length > 1).map((run) => {
    const points = run.map(place);
    return `M${points[0][0].toFixed(1)} ${foot}L${path(points)}L${points.at(-1)[0].toFixed(1)} ${foot}Z`;
  }).join('');
}

function roundUp(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}
