import type { Finding, Quality } from '../../../delivery/index.ts';
import type { StoredPipelineRun, StoredPipelineStep } from '../stored.ts';
import { testsIn } from '../tests-in.ts';
import { Html, html } from './html.ts';
import { STYLE } from './style.ts';
import { trend } from './trend.ts';
import { type Language, type Words, wordsIn } from './words.ts';

export interface ReportData {
  run: StoredPipelineRun;
  steps: StoredPipelineStep[];
  /** Null: the standard checks did not run. */
  quality: Quality | null;
  /** Figures of former runs of the branch, oldest first. */
  before: { id: number; figures: Record<string, number> }[];
}

const FINDINGS_SHOWN = 50;

/** Everything that a run found, in one file that needs nothing else and runs nothing. */
export function reportPage(data: ReportData, language: Language): string {
  const words = wordsIn(language);
  const { run } = data;
  const title = `${words.title} ${run.id} ${words.of} ${run.system}`;
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}: <span class="${toneOf(run.state)}">${words.states[run.state]}</span></h1>
<p class="dim">${originOf(run, words)}</p>
${run.reason === '' ? html`` : html`<p class="${toneOf(run.state)}">${run.reason}</p>`}
${stepsPart(data.steps, language)}
${testsPart(data.steps, words)}
${qualityPart(data.quality, words)}
${trend({ now: run.figures, before: data.before, language })}
${filesPart(data.quality, words)}
</main>
</body>
</html>
`;
  return page.text;
}

function originOf({ commit, branch, startedAt, createdAt }: StoredPipelineRun, words: Words): Html {
  const at = new Date(startedAt ?? createdAt).toISOString();
  const time = html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;
  if (commit === null) return html`${words.folder}, ${time}`;
  return html`${words.commit} <code>${commit.slice(0, 12)}</code> ${branch === null ? '' : `(${branch})`}, ${time}`;
}

function toneOf(state: string): string {
  return (
    { succeeded: 'good', cached: 'good', failed: 'bad', cancelled: 'warn', skipped: 'warn' }[state] ?? ''
  );
}

function stepsPart(steps: StoredPipelineStep[], language: Language): Html {
  const words = wordsIn(language);
  const rows = steps.map(({ name, state, reason, startedAt, endedAt }) => {
    const took = startedAt === null || endedAt === null ? '' : seconds(endedAt - startedAt, language);
    return html`<tr><th scope="row">${name}</th><td class="${toneOf(state)}">${words.states[state]}</td><td class="number">${took}</td><td>${firstLine(reason)}</td></tr>`;
  });
  return html`<h2>${words.steps}</h2>
<div class="wide" tabindex="0" role="region" aria-label="${words.steps}"><table><caption>${words.steps}</caption>
<thead><tr><th scope="col">${words.step}</th><th scope="col">${words.state}</th><th scope="col" class="number">${words.took}</th><td></td></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function seconds(ms: number, language: Language): string {
  return `${(ms / 1000).toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`;
}

function testsPart(steps: StoredPipelineStep[], words: Words): Html {
  const tests = testsIn(steps);
  if (tests === null) return html`<h2>${words.tests}</h2><p class="dim">${words.noTests}</p>`;
  const failures = tests.failures.map(({ name, file, line, message }) => {
    const place = file === null ? '' : line === null ? file : `${file}:${line}`;
    return html`<details open><summary><strong class="bad">${name}</strong> <code>${place}</code></summary><pre>${message}</pre></details>`;
  });
  const more = tests.failed - tests.failures.length;
  return html`<h2>${words.tests}</h2>
<p><span class="good">${tests.passed} ${words.passed}</span>, <span class="${tests.failed > 0 ? 'bad' : ''}">${tests.failed} ${words.failed}</span>, ${tests.skipped} ${words.skipped}</p>
${failures}${more > 0 && failures.length > 0 ? html`<p class="dim">${more} ${words.more}</p>` : html``}`;
}

function qualityPart(quality: Quality | null, words: Words): Html {
  if (quality === null) return html`<h2>${words.quality}</h2><p class="dim">${words.noQuality}</p>`;
  const rows = quality.map(({ check, by, skipped, findings }) => {
    const found = skipped === null ? String(findings.length) : `${words.leftOut}: ${skipped}`;
    const tone = skipped !== null ? 'dim' : findings.length === 0 ? 'good' : 'warn';
    return html`<tr><th scope="row">${words.checks[check]}</th><td>${by}</td><td class="${tone}">${found}</td></tr>`;
  });
  return html`<h2>${words.quality}</h2>
<div class="wide" tabindex="0" role="region" aria-label="${words.quality}"><table><caption>${words.quality}</caption>
<thead><tr><th scope="col">${words.check}</th><th scope="col">${words.by}</th><th scope="col">${words.found}</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** Files with the most findings come first. */
function filesPart(quality: Quality | null, words: Words): Html {
  if (quality === null) return html``;
  const findings = quality.flatMap((one) => one.findings);
  const files = [...Map.groupBy(findings, ({ file }) => file)].sort((a, b) => b[1].length - a[1].length);
  if (files.length === 0) return html`<h2>${words.byFile}</h2><p class="good">${words.nothing}</p>`;
  const parts = files.map(([file, list]) => {
    const items = list.slice(0, FINDINGS_SHOWN).map((one) => findingItem(one, words));
    const more =
      list.length > FINDINGS_SHOWN
        ? html`<p class="dim">${list.length - FINDINGS_SHOWN} ${words.more}</p>`
        : html``;
    return html`<details><summary><code>${file || words.noFile}</code> <span class="dim">(${list.length})</span></summary><ul>${items}</ul>${more}</details>`;
  });
  return html`<h2>${words.byFile}</h2>${parts}`;
}

function findingItem({ line, rule, message, severity, check }: Finding, words: Words): Html {
  const at = line > 0 ? `${words.line} ${line}, ` : '';
  return html`<li><span class="${severity === 'error' ? 'bad' : 'dim'}">${at}${words.checks[check]}${rule === '' ? '' : ` ${rule}`}</span>: ${message}</li>`;
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}
