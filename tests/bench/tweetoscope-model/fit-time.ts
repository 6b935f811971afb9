import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  exponentialDelay,
  fitMap,
  type HawkesFit,
  median,
  type Prefix,
  prefixOf,
  randomOf,
  reportBounds,
  simulate,
} from '../../../systems/tweetoscope/model/index.ts';

/** The time of a MAP fit, next to Python's on the same cascade where scipy is there. */
export interface FitTime {
  readonly events: number;
  /** Median ms of one fit. */
  readonly ms: number;
  readonly python?: PythonFit;
  /** Largest relative difference of p and β from Python's. */
  readonly difference?: number;
}

interface PythonFit {
  readonly seconds: number;
  readonly map: HawkesFit;
}

const MEAN_MARK = 35;
const REFERENCE = join(import.meta.dirname, 'reference.py');
/** Debian's, for which apt-get installs scipy; else the one on the PATH. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** Measures fits of 300, 1,000 and 10,000 events. */
export async function fitTimes(): Promise<FitTime[]> {
  const times: FitTime[] = [];
  for (const events of [300, 1000, 10_000]) times.push(await fitTime(events));
  return times;
}

async function fitTime(events: number): Promise<FitTime> {
  const prefix = cascadeOfEvents(events);
  const fit = () => fitMap(prefix, reportBounds(MEAN_MARK));
  const ms = medianMs(fit, events > 5000 ? 40 : 200);
  const python = await pythonFit(prefix);
  if (!python) return { events, ms };
  const ours = fit();
  const difference = Math.max(Math.abs(ours.p / python.map.p - 1), Math.abs(ours.beta / python.map.beta - 1));
  return { events, ms, python, difference };
}

function cascadeOfEvents(events: number): Prefix {
  const truth = {
    p: 0.025,
    delay: exponentialDelay(1 / 3600),
    marks: { alpha: 2.4, mu: 10 },
    root: 5 * events,
  };
  for (let seed = 1; ; seed++) {
    const cascade = simulate(truth, { horizon: 1e12, events: 3 * events }, randomOf(seed));
    if (cascade.times.length >= events) return { ...prefixOf(cascade, cascade.times[events - 1]!) };
  }
}

function medianMs(task: () => unknown, runs: number): number {
  for (let i = 0; i < 20; i++) task();
  const samples = Array.from({ length: runs }, () => {
    const start = performance.now();
    task();
    return performance.now() - start;
  });
  return median(samples);
}

/** Python's answer, or undefined where Python or scipy is missing (the caller says so). */
async function pythonFit({ times, marks }: Prefix): Promise<PythonFit | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'tweetoscope-'));
  try {
    const file = join(folder, 'cascade.csv');
    await writeFile(file, Array.from(times, (time, i) => `${time},${marks[i]}`).join('\n'));
    for (const python of PYTHONS) {
      const answer = await promisify(execFile)(python, [REFERENCE, file, '5']).catch(unlessMissing);
      if (answer) return JSON.parse(answer.stdout) as PythonFit;
    }
    return undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Undefined where Python or a module of it is missing; other errors are thrown. */
function unlessMissing(error: unknown): undefined {
  if (!/ENOENT|No module named/.test(String(error))) throw error;
}
