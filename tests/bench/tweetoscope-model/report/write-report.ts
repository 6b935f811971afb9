import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QUANTILE_LEVELS } from '../../../../systems/tweetoscope/model/index.ts';
import type { Accuracy } from '../accuracy.ts';
import type { DataSet } from '../data.ts';
import { PUBLISHED, PUBLISHED_DATA } from '../published.ts';
import { fansOf } from './fans.ts';

/** Where the page goes and what it is made of. */
export interface ReportOptions {
  readonly folder: string;
  readonly root: string;
}

/** Writes `NAME.html` (uPlot inlined, no other file needed) and returns its path. */
export async function writeReport(set: DataSet, accuracy: Accuracy, options: ReportOptions): Promise<string> {
  const [chart, chartStyle, script, style] = await Promise.all([
    readFile(join(options.root, 'node_modules/uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(join(options.root, 'node_modules/uplot/dist/uPlot.min.css'), 'utf8'),
    readFile(join(import.meta.dirname, 'page.js'), 'utf8'),
    readFile(join(import.meta.dirname, 'page.css'), 'utf8'),
  ]);
  await mkdir(options.folder, { recursive: true });
  const path = join(options.folder, `${set.name.replace(/[^\w.-]+/g, '-')}.html`);
  const data = JSON.stringify(pageData(set, accuracy)).replaceAll('<', '\\u003c');
  await writeFile(
    path,
    page({ name: set.name, styles: chartStyle + style, scripts: [chart, `const DATA = ${data};`, script] }),
  );
  return path;
}

function pageData(set: DataSet, { scores, comparisons, fans }: Accuracy) {
  const times = set.cascades.map((cascade) => cascade.times);
  return {
    name: set.name,
    cascades: set.cascades.length,
    levels: QUANTILE_LEVELS,
    scores: scores.map(({ errors: _, ...score }) => score),
    comparisons,
    published: set.name === PUBLISHED_DATA ? PUBLISHED : [],
    fans: fans.map((fan) => ({ window: fan.task.window, fans: fansOf(fan, times) })),
  };
}

function page({
  name,
  styles,
  scripts,
}: {
  name: string;
  styles: string;
  scripts: readonly string[];
}): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tweetoscope model: ${escaped(name)}</title>
<style>${styles}</style>
<main id="page"></main>
${scripts.map((script) => `<script>${script.replaceAll('</script', '<\\/script')}</script>`).join('\n')}
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
