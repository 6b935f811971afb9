/** What a check found in one place. */
export interface Finding {
  /** `lint`, `types`, `duplication`, `complexity`, `packages`. */
  check: Check;
  severity: 'error' | 'warning' | 'info';
  /** Relative to the checkout; empty: of no file. */
  file: string;
  /** 1-based; 0: of the whole file. */
  line: number;
  /** The rule's name, where it has one. */
  rule: string;
  message: string;
}

export type Check = 'lint' | 'types' | 'duplication' | 'complexity' | 'packages';

/** One check: what did it, what it found, or why it was left out. */
export interface Checked {
  check: Check;
  /** `biome`, `eslint`, `tsc`, `Escale` … */
  by: string;
  skipped: string | null;
  findings: Finding[];
  figures: Record<string, number>;
}

export function skipped(check: Check, by: string, why: string): Checked {
  return { check, by, skipped: why, findings: [], figures: {} };
}
