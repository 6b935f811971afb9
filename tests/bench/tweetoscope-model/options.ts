import { parseArgs } from 'node:util';
import { METHODS, methodNamed } from '../../../systems/tweetoscope/model/index.ts';

/** What the bench was asked for. */
export interface BenchOptions {
  readonly data: string;
  readonly out: string;
  readonly windows: readonly number[];
  readonly methods: readonly string[];
  readonly seeds: number;
  readonly folds: number;
  /** Cascades with fewer events are left out. */
  readonly least: number;
  readonly parts: readonly string[];
}

/** The bench's parts, in the order they run. */
export const PARTS = ['accuracy', 'other', 'fit', 'forest'] as const;

/** How to call the bench. */
export const USAGE = `usage: bench tweetoscope-model [options]
  --data DIR       folder with X.data.csv[.gz] + X.index.csv (or X-data.csv + X-index.csv); default ../shared/data/cascades
  --out DIR        where the report page is written; default dist/bench/tweetoscope-model
  --windows LIST   observation windows in seconds; default 300,600,1200,3600
  --methods LIST   default all: ${METHODS.map(({ name }) => name).join(',')}
  --seeds N        fold seeds to average over; default 10
  --folds N        default 10
  --least N        leave out cascades below N events; default 1
  --only LIST      parts: ${PARTS.join(',')}; default all`;

/** Reads the arguments. Throws Error with a sentence for whatever does not fit. */
export function optionsOf(args: readonly string[], root: string): BenchOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: text,
      out: text,
      windows: text,
      methods: text,
      seeds: text,
      folds: text,
      least: text,
      only: text,
    },
  });
  const methods = values.methods?.split(',') ?? METHODS.map(({ name }) => name);
  methods.forEach(methodNamed);
  return {
    data: values.data ?? `${root}/../shared/data/cascades`,
    out: values.out ?? `${root}/dist/bench/tweetoscope-model`,
    windows: (values.windows ?? '300,600,1200,3600').split(',').map((field) => positive('--windows', field)),
    methods,
    seeds: positive('--seeds', values.seeds ?? '10'),
    folds: Math.max(2, positive('--folds', values.folds ?? '10')),
    least: positive('--least', values.least ?? '1'),
    parts: partsOf(values.only),
  };
}

function partsOf(only: string | undefined): readonly string[] {
  const parts = only?.split(',') ?? PARTS;
  const unknown = parts.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined) throw new Error(`--only: no part "${unknown}"; known: ${PARTS.join(', ')}`);
  return parts;
}

function positive(name: string, field: string): number {
  const value = Number(field);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name}: expected a whole number above 0, got "${field}"`);
}
