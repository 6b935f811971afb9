import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Quality, readQuality } from '../../delivery/index.ts';
import type { PipelinesParts } from './parts.ts';
import { type Language, reportPage } from './report/index.ts';
import { qualityFile, runFolder } from './run-folder.ts';
import type { StoredPipelineRun } from './stored.ts';

const RUNS_SHOWN = 20;

/** What became of a run, as a page. */
export function reportOf(
  run: StoredPipelineRun,
  language: Language,
  { store, folder }: Pick<PipelinesParts, 'store' | 'folder'>,
): string {
  const before = store.figuresBefore(run, RUNS_SHOWN).toReversed();
  return reportPage({ run, steps: store.steps(run.id), quality: qualityOf(run, folder), before }, language);
}

/** Beside what it left, for whoever has no page of Escale open. A report that can't be written fails no run. */
export function writeReport(run: StoredPipelineRun, parts: PipelinesParts): void {
  const { root, report } = runFolder(parts.folder, run.id);
  if (!existsSync(root)) return;
  try {
    writeFileSync(report, reportOf(run, process.env.LANG?.startsWith('fr') ? 'fr' : 'en', parts), {
      mode: 0o600,
    });
  } catch (error) {
    parts.problem(error);
  }
}

function qualityOf(run: StoredPipelineRun, folder: string): Quality | null {
  const file = qualityFile(runFolder(folder, run.id));
  return existsSync(file) ? readQuality(readFileSync(file, 'utf8')) : null;
}
