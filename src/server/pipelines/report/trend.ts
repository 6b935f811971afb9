import { type Html, html } from './html.ts';
import { type Language, wordsIn } from './words.ts';

interface TrendData {
  now: Record<string, number> | null;
  /** Oldest first. */
  before: { id: number; figures: Record<string, number> }[];
  language: Language;
}

/** Of these more is better, or it is neither. */
const MORE_IS_FINE = new Set(['tests', 'lines', 'functions']);

/** What changed since the run before, and the course of each figure. */
export function trend({ now, before, language }: TrendData): Html {
  const words = wordsIn(language);
  const last = before.at(-1)?.figures;
  if (now === null || last === undefined)
    return html`<h2>${words.trend}</h2><p class="dim">${words.noTrend}</p>`;
  const names = (Object.keys(words.figures) as (keyof typeof words.figures)[]).filter((name) => name in now);
  const rows = names.map((name) => {
    const [then, value] = [last[name], now[name]!];
    const values = [...before.map(({ figures }) => figures[name]), value].filter((one) => one !== undefined);
    const show = (figure: number | undefined) =>
      figure === undefined ? '' : figure.toLocaleString(language);
    return html`<tr><th scope="row">${words.figures[name]}</th><td class="number">${show(then)}</td><td class="number ${tone(name, then, value)}">${show(value)}</td><td>${line(values)}</td></tr>`;
  });
  return html`<h2>${words.trend}</h2>
<div class="wide" tabindex="0" role="region" aria-label="${words.trend}"><table><caption>${words.trend}</caption>
<thead><tr><th scope="col">${words.figure}</th><th scope="col" class="number">${words.before}</th><th scope="col" class="number">${words.now}</th><th scope="col">${words.course}</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function tone(name: string, then: number | undefined, now: number): string {
  if (then === undefined || then === now || MORE_IS_FINE.has(name)) return '';
  return now < then ? 'good' : 'bad';
}

const WIDTH = 120;
const HEIGHT = 24;

/** The numbers stand beside it: it is only looked at. */
function line(values: number[]): Html {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (index: number) => 2 + (index * (WIDTH - 4)) / Math.max(1, values.length - 1);
  const y = (value: number) => HEIGHT - 3 - ((value - least) * (HEIGHT - 6)) / Math.max(1e-9, most - least);
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return html`<svg width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"><polyline points="${points}" fill="none" stroke="var(--line)" stroke-width="2"/></svg>`;
}
