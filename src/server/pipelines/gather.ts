import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ObservedRun } from '../../core/contracts/index.ts';
import { type ResolvedStep, stepEnvironment } from '../../core/manifest/index.ts';
import {
  findInside,
  mergeReports,
  readInside,
  readOutput,
  readResultFile,
  type TestReport,
  takeOut,
} from '../../delivery/index.ts';
import type { Caches } from './caches.ts';
import { folderOfStep, treeOf } from './command-step.ts';
import type { Outcome } from './outcome.ts';
import type { PipelinesParts } from './parts.ts';
import { type RunFolder, runFolder } from './run-folder.ts';
import type { StoredPipelineRun } from './stored.ts';

const LARGEST_RESULT_BYTES = 32 << 20;
const MOST_RESULTS = 500;
const ARTIFACT_BYTES = 512 << 20;

/** What a step has left once it has ended: results of tests, files to keep, caches. It may be asked twice. */
export async function gather(
  of: { run: StoredPipelineRun; step: ResolvedStep; ended: ObservedRun },
  parts: PipelinesParts,
  caches: Caches,
): Promise<Outcome> {
  const { run, step, ended } = of;
  const folder = runFolder(parts.folder, run.id);
  const tests = await testsOf(run, step, { parts, folder });
  const { names, isCut } = await keep(run, step, folder);
  const cut = isCut ? `its artifacts are larger than ${ARTIFACT_BYTES >> 20} MB: some were not kept` : '';
  if (ended.state !== 'succeeded')
    return {
      state: 'failed',
      reason: [ended.reason, cut].filter(Boolean).join('; '),
      exitCode: ended.exitCode,
      tests,
      artifacts: names,
    };
  await caches.save(run, step, folder);
  return { state: 'succeeded', reason: cut, exitCode: ended.exitCode, tests, artifacts: names };
}

interface Where {
  parts: PipelinesParts;
  folder: RunFolder;
}

/** Of its files with results, or of what it printed. */
async function testsOf(
  run: StoredPipelineRun,
  step: ResolvedStep,
  { parts, folder }: Where,
): Promise<TestReport | null> {
  const top = treeOf(step.name, folder);
  const below = path.relative(top, folderOfStep(run, step, folder)) || '.';
  const reports: TestReport[] = [];
  for (const { name } of (await findInside(top, below, step.results)).slice(0, MOST_RESULTS)) {
    const text = await readInside(top, name, LARGEST_RESULT_BYTES);
    const report = text === null ? null : readResultFile(text);
    if (report !== null) reports.push(report);
  }
  const report = mergeReports(reports) ?? readOutput(await printed(run, step, parts));
  return (
    report && {
      ...report,
      failures: report.failures.map((one) => ({ ...one, file: shortened(one.file, top) })),
    }
  );
}

/** Relative to the checkout, which is gone soon. */
function shortened(file: string | null, top: string): string | null {
  const plain = file?.replace(/^file:\/\//, '') ?? null;
  return plain?.startsWith(`${top}/`) ? plain.slice(top.length + 1) : plain;
}

async function printed(
  run: StoredPipelineRun,
  step: ResolvedStep,
  { engine }: PipelinesParts,
): Promise<string[]> {
  const place = { system: run.system, environment: stepEnvironment(run.id, step.name), service: step.name };
  const lines: string[] = [];
  for await (const { stream, text } of engine.logs(place, new AbortController().signal))
    if (stream === 'out') lines.push(text);
  return lines;
}

async function keep(run: StoredPipelineRun, step: ResolvedStep, folder: RunFolder) {
  const to = path.join(folder.artifacts, step.name);
  await rm(to, { recursive: true, force: true });
  if (step.artifacts.length === 0) return { names: [], isCut: false };
  const top = treeOf(step.name, folder);
  const below = path.relative(top, folderOfStep(run, step, folder)) || '.';
  return takeOut({
    top,
    folder: below,
    patterns: step.artifacts,
    to,
    mostBytes: ARTIFACT_BYTES,
    links: false,
  });
}
