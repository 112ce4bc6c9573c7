// Charts over time as SVG, drawn to the width that there is. The legend is the readout: it shows the point under the pointer, or the one that the arrow keys have chosen, else the newest.

import { el, put, svg } from './dom.js';
import { t } from './i18n.js';
import { clock, number, weekday } from './time.js';

const height = 170;
const margin = { top: 10, right: 8, bottom: 22, left: 68 };
const minutes = 60000;

/** A chart. A series is { name, title, of(point) }; stacked ones become columns, others lines. `format` writes a value. */
export class Chart {
  constructor({ title, series, stacked, format, test }) {
    this.series = series;
    this.stacked = stacked;
    this.format = format ?? (value => number(value));
    this.points = [];
    this.stepMs = minutes;
    this.chosen = null;
    this.values = series.map(() => el('span', { class: 'value' }));
    this.at = el('span', { class: 'at' });
    this.plot = el('div', {
      class: 'plot', tabindex: '0', role: 'group', 'aria-label': t('chart.label', { title }), 'aria-description': t('chart.keys'),
      on: { keydown: event => this.onKey(event), pointermove: event => this.onPointer(event), pointerleave: () => this.choose(null), blur: () => this.choose(null) },
    });
    this.element = el('figure', { class: 'chart', 'data-test': test },
      el('figcaption', {}, el('h2', {}, title), el('p', { class: 'legend', 'aria-live': 'polite' }, this.at, series.map((one, index) =>
        el('span', { class: 'entry' }, el('span', { class: 'swatch', 'data-series': one.name }), one.title, ' ', this.values[index])))),
      this.plot);
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  /** Shows other points, oldest first, each `stepMs` long. */
  update(points, stepMs) {
    this.points = points;
    this.stepMs = stepMs;
    if (this.chosen !== null && this.chosen >= points.length)
      this.chosen = null;
    this.draw();
  }

  onKey(event) {
    const last = this.points.length - 1;
    const now = this.chosen ?? last;
    const next = { ArrowLeft: Math.max(0, now - 1), ArrowRight: Math.min(last, now + 1), Home: 0, End: last }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      this.choose(next);
    }
  }

  onPointer(event) {
    const box = this.plot.getBoundingClientRect();
    const share = (event.clientX - box.left - margin.left) / (box.width - margin.left - margin.right);
    this.choose(Math.min(this.points.length - 1, Math.max(0, Math.floor(share * this.points.length))));
  }

  choose(index) {
    this.chosen = index;
    this.read();
  }

  read() {
    const index = this.chosen ?? this.points.length - 1;
    const point = this.points[index];
    this.at.textContent = point ? this.label(point) : '';
    this.series.forEach((one, at) => {
      const value = point ? one.of(point) : null;
      this.values[at].textContent = value === null || value === undefined ? '–' : this.format(value);
    });
    if (this.cursor && point) {
      this.cursor.setAttribute('x', this.left(index));
      this.cursor.setAttribute('visibility', this.chosen === null ? 'hidden' : 'visible');
    }
  }

  label(point) {
    const at = new Date(point.at);
    return this.stepMs > minutes ? `${weekday(at)} ${clock(at)}` : clock(at);
  }

  draw() {
    const width = this.plot.clientWidth;
    if (width === 0)
      return;
    this.width = width - margin.left - margin.right;
    this.highest = this.top();
    this.cursor = svg('rect', { class: 'cursor', y: margin.top, width: this.step(), height: this.room(), visibility: 'hidden' });
    put(this.plot, svg('svg', { width, height, 'aria-hidden': 'true', focusable: 'false' },
      this.grid(width), this.cursor, this.stacked ? this.columns() : this.lines(), this.times()));
    this.read();
  }

  room() {
    return height - margin.top - margin.bottom;
  }

  step() {
    return this.width / Math.max(1, this.points.length);
  }

  left(index) {
    return margin.left + index * this.step();
  }

  y(value) {
    return margin.top + this.room() * (1 - value / this.highest.max);
  }

  top() {
    const sums = this.points.map(point => {
      const values = this.series.map(one => one.of(point) ?? 0);
      return this.stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
    });
    const most = Math.max(0, ...sums);
    const step = this.stacked ? Math.max(1, nice(most / 3)) : nice(most / 3 || 1);
    return { step, max: step * Math.max(1, Math.ceil(most / step)) };
  }

  grid(width) {
    const lines = [];
    for (let value = 0; value <= this.highest.max * 1.001; value += this.highest.step) {
      const y = this.y(value);
      lines.push(svg('line', { class: 'gridline', x1: margin.left, x2: width - margin.right, y1: y, y2: y }));
      lines.push(svg('text', { class: 'tick', x: margin.left - 6, y: y + 4, 'text-anchor': 'end' }, this.format(value)));
    }
    return lines;
  }

  times() {
    const labels = [];
    let free = margin.left;
    this.points.forEach((point, index) => {
      const at = new Date(point.at);
      const isDay = this.stepMs > minutes && at.getHours() === 0;
      const isTen = this.stepMs <= minutes && at.getMinutes() % 10 === 0;
      const x = this.left(index);
      if ((isDay || isTen) && x >= free && x < margin.left + this.width - 20) {
        labels.push(svg('line', { class: 'gridline', x1: x, x2: x, y1: height - margin.bottom, y2: height - margin.bottom + 4 }));
        labels.push(svg('text', { class: 'tick', x: x + 2, y: height - 6 }, isDay ? weekday(at) : clock(at)));
        free = x + 56;
      }
    });
    return labels;
  }

  columns() {
    const gap = this.step() > 4 ? 1 : 0;
    return this.points.map((point, index) => {
      let below = 0;
      return this.series.map(one => {
        const value = one.of(point) ?? 0;
        if (value === 0)
          return null;
        below += value;

        // Something that happened is seen, however little it is beside the rest.
        const size = Math.max(1, this.room() * value / this.highest.max);
        return svg('rect', { 'data-series': one.name, x: this.left(index), y: this.y(below), width: Math.max(1, this.step() - gap), height: size });
      });
    });
  }

  lines() {
    return this.series.map(one => {
      let path = '';
      let isDrawing = false;
      const dots = [];
      this.points.forEach((point, index) => {
        const value = one.of(point);
        if (value === null || value === undefined) {
          isDrawing = false;
          return;
        }
        const x = this.left(index) + this.step() / 2;
        path += `${isDrawing ? 'L' : 'M'}${x.toFixed(1)} ${this.y(value).toFixed(1)}`;
        isDrawing = true;
        dots.push(svg('circle', { 'data-series': one.name, cx: x, cy: this.y(value), r: 1.6 }));
      });
      return [svg('path', { class: 'line', 'data-series': one.name, d: path }), dots];
    });
  }
}

/** The smallest of 1, 2, 5, 10, 20, … that is no less. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 5, 10].map(digit => digit * power).find(step => step >= value * 0.999) ?? power;
}
