import path from 'node:path';

/** Where everything of one pipeline run stands, absolute. */
export interface RunFolder {
  root: string;
  /** The checkout that its steps work in together. */
  work: string;
  /** A second one that only `build` touches: what is delivered is made from it. */
  pristine: string;
  /** Programs of Escale's own that steps run. */
  tools: string;
  /** What steps left to be kept, by step. */
  artifacts: string;
  report: string;
  /** What Escale's own steps say, a line of JSON each. */
  notes: (step: string) => string;
}

export function runFolder(folder: string, run: number): RunFolder {
  const root = path.join(folder, String(run));
  const at = (...parts: string[]) => path.join(root, ...parts);
  return {
    root,
    work: at('work'),
    pristine: at('pristine'),
    tools: at('tools'),
    artifacts: at('artifacts'),
    report: at('report.html'),
    notes: (step) => at(`${step}.jsonl`),
  };
}

/** What the standard checks found, for the report. */
export function qualityFile({ root }: RunFolder): string {
  return path.join(root, 'quality.json');
}
