// What each branch did when, drawn to one scale, and the same as a table.

import { el, svg } from './dom.js';
import { t } from './i18n.js';
import { code } from './parts.js';
import { table } from './table.js';
import { duration, exact } from './time.js';

const stages = [
  { name: 'work', from: 'enlisted', to: 'voted' },
  { name: 'wait', from: 'voted', to: 'decided' },
  { name: 'finish', from: 'decided', to: 'finished' },
];

/** The timeline of a group. A branch that never voted ends its bar where it finished, or where the group did. */
export function timeline(group) {
  const told = group.branches.filter(branch => branch.enlisted);
  if (told.length === 0)
    return el('p', { class: 'none' }, t('timeline.none'));
  const scale = scaleOf(group, told);
  return el('div', { class: 'timeline', 'data-test': 'timeline' },
    el('p', { class: 'legend' }, stages.map(stage => el('span', { class: 'entry' }, el('span', { class: 'swatch', 'data-stage': stage.name }), t('timeline.' + stage.name)))),
    el('div', { class: 'lanes' },
      lane(el('span', {}, t('timeline.group'), ' ', el('span', { class: 'muted' }, duration(group.durationMs))), whole(group, scale)),
      told.map(branch => lane([code(branch.service), ' ', el('span', { class: 'muted' }, branch.method)], bars(branch, group, scale))),
      lane('', axis(scale))),
    el('details', {}, el('summary', {}, t('timeline.as-table')), asTable(told, scale.from)),
    el('p', { class: 'hint' }, t('timeline.clocks')));
}

function scaleOf(group, branches) {
  const times = [group.began, group.ended, ...branches.flatMap(branch => [branch.enlisted, branch.voted, branch.decided, branch.finished])]
    .filter(time => time).map(time => Date.parse(time));
  const from = Math.min(...times);
  const to = Math.max(...times, from + 1);
  return { from, length: to - from, percent: time => 100 * (Date.parse(time) - from) / (to - from) };
}

function lane(label, drawing) {
  return el('div', { class: 'lane' }, el('div', { class: 'lane-label' }, label), drawing);
}

function whole(group, scale) {
  const end = group.ended ? scale.percent(group.ended) : 100;
  const begin = scale.percent(group.began);
  return drawing(svg('rect', { class: 'whole', x: begin + '%', y: 8, width: Math.max(0.2, end - begin) + '%', height: 4 }, tip(`${t('timeline.group')}: ${duration(group.durationMs)}`)));
}

function bars(branch, group, scale) {
  const end = branch.finished ?? group.ended;
  const times = { enlisted: branch.enlisted, voted: branch.voted, decided: branch.decided, finished: end };
  const parts = [];
  let from = times.enlisted;
  for (const stage of stages) {
    const to = times[stage.to] ?? (stage.to === 'finished' || !later(times, stage) ? end : null);
    if (from && to) {
      const begin = scale.percent(from);
      const width = Math.max(0, scale.percent(to) - begin);
      parts.push(svg('rect', { 'data-stage': stage.name, x: begin + '%', y: 3, width: width + '%', height: 14 },
        tip(`${t('timeline.' + stage.name)}: ${duration(Date.parse(to) - Date.parse(from))}`)));
      from = to;
    }
    if (!later(times, stage))
      break;
  }
  return drawing(parts);
}

/** Whether the branch came to a stage after this one. */
function later(times, stage) {
  return stages.slice(stages.indexOf(stage) + 1).some(next => times[next.from]);
}

function axis(scale) {
  const step = roundStep(scale.length / 4);
  const marks = [];
  for (let at = 0; at <= scale.length; at += step) {
    const x = 100 * at / scale.length;
    marks.push(svg('line', { class: 'gridline', x1: x + '%', x2: x + '%', y1: 0, y2: 5 }));
    marks.push(svg('text', { class: 'tick', x: x + '%', y: 17, 'text-anchor': x < 5 ? 'start' : x > 92 ? 'end' : 'middle' }, duration(at)));
  }
  return drawing(marks);
}

function roundStep(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(digit => digit * power).find(step => step >= value) ?? power;
}

function drawing(...content) {
  return svg('svg', { class: 'lane-drawing', height: 20, width: '100%', 'aria-hidden': 'true', focusable: 'false' }, content);
}

function tip(text) {
  return svg('title', {}, text);
}

function asTable(branches, from) {
  const offset = time => time ? el('time', { datetime: time, title: exact(time) }, '+' + duration(Date.parse(time) - from)) : '–';
  return table(t('timeline.as-table'), [
    { title: t('group.branch'), cell: branch => code(branch.id), kind: 'main' },
    { title: t('common.service'), cell: branch => code(branch.service) },
    { title: t('timeline.enlisted'), cell: branch => offset(branch.enlisted), kind: 'number' },
    { title: t('timeline.voted'), cell: branch => offset(branch.voted), kind: 'number' },
    { title: t('timeline.decided'), cell: branch => offset(branch.decided), kind: 'number' },
    { title: t('timeline.finished'), cell: branch => offset(branch.finished), kind: 'number' },
  ], branches);
}
