import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Quality, qualityProgram, readInside, readQuality } from '../../delivery/index.ts';
import type { Fence } from './fence.ts';
import { type Outcome, type OwnStep, SUCCEEDED } from './outcome.ts';
import type { PipelinesParts } from './parts.ts';
import { qualityFile, runFolder } from './run-folder.ts';
import type { StoredPipelineRun } from './stored.ts';
import { testsIn } from './tests-in.ts';

const OUTPUT = '.escale-quality.json';
const LARGEST_BYTES = 16 << 20;

/** The standard checks, beside whatever else the run does; they only report. */
export async function quality(
  { run, signal }: OwnStep,
  parts: PipelinesParts,
  fence: Fence,
): Promise<Outcome> {
  const folder = runFolder(parts.folder, run.id);
  const system = path.join(folder.work, run.folder);
  const command = await qualityProgram(folder.tools, {
    ...{ top: folder.work, folder: system, output: path.join(folder.work, OUTPUT) },
  });
  const env = await parts.registries();
  const ended = await fence.run(
    { run, step: 'quality', command, tree: folder.work, cwd: system, env },
    signal,
  );
  const text = ended.succeeded ? await readInside(folder.work, OUTPUT, LARGEST_BYTES) : null;
  const found = text === null ? null : readQuality(parts.masked(run.system, text));
  if (found === null)
    return { state: 'failed', reason: ended.succeeded ? 'it left no report' : ended.reason };
  await writeFile(qualityFile(folder), JSON.stringify(found), { mode: 0o600 });
  const figures = figuresOf(run, found, parts);
  return { ...SUCCEEDED, run: { figures } };
}

/** What is compared from run to run. */
function figuresOf(
  run: StoredPipelineRun,
  found: Quality,
  { store }: PipelinesParts,
): Record<string, number> {
  const tests = testsIn(store.steps(run.id));
  const figures: Record<string, number> =
    tests === null ? {} : { tests: tests.passed + tests.failed, failedTests: tests.failed };
  for (const one of found)
    for (const [name, value] of Object.entries(one.figures)) figures[name] = (figures[name] ?? 0) + value;
  return figures;
}
