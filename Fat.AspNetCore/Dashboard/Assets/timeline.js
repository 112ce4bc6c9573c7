// What each branch did when, drawn to one scale, and the same as a table.

import { el, svg } from './dom.js';
import { t } from './i18n.js';
import { code } from './parts.js';
import { table } from './table.js';
import { duration, exact } from './time.js';

const stages = ['work', 'wait', 'finish'];

/** The timeline of a group: how long each branch worked, waited and obeyed. */
export function timeline(group) {
  const told = group.branches.filter(branch => branch.enlisted);
  if (told.length === 0)
    return el('p', { class: 'none' }, t('timeline.none'));
  const scale = scaleOf(group, told);
  return el('div', { class: 'timeline', 'data-test': 'timeline' },
    el('p', { class: 'legend' }, stages.map(stage => el('span', { class: 'entry' }, el('span', { class: 'swatch', 'data-stage': stage }), t('timeline.' + stage)))),
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

/** A branch that never voted was at work until its decision came, or until it was over. */
function bars(branch, group, scale) {
  const end = branch.finished ?? group.ended;
  const spans = {
    work: [branch.enlisted, branch.voted ?? branch.decided ?? end],
    wait: [branch.voted, branch.decided ?? end],
    finish: [branch.decided, end],
  };
  return drawing(stages.map(stage => {
    const [from, to] = spans[stage];
    const length = from && to ? Date.parse(to) - Date.parse(from) : 0;
    return length > 0
      ? svg('rect', { 'data-stage': stage, x: scale.percent(from) + '%', y: 3, width: scale.percent(to) - scale.percent(from) + '%', height: 14 }, tip(`${t('timeline.' + stage)}: ${duration(length)}`))
      : null;
  }));
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
