import { resolve } from 'node:path';
import { type Cascade, LayoutError } from '../../systems/tweetoscope/model/index.ts';
import { measureAccuracy } from './tweetoscope-model/accuracy.ts';
import { type DataSet, pairsIn, readPair } from './tweetoscope-model/data.ts';
import { fitTimes } from './tweetoscope-model/fit-time.ts';
import { forestTime } from './tweetoscope-model/forest-time.ts';
import { type BenchOptions, optionsOf, USAGE } from './tweetoscope-model/options.ts';
import { otherData } from './tweetoscope-model/other-data.ts';
import { comparisonLines, fitLines, forestLines, scoreLine } from './tweetoscope-model/print.ts';
import { writeReport } from './tweetoscope-model/report/write-report.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs the bench; exits with 1 and a sentence on wrong arguments, missing data or damaged files. */
export async function run(args: string[]): Promise<void> {
  if (args.includes('--help')) return say(USAGE);
  try {
    const options = optionsOf(args, ROOT);
    const sets = await dataSets(options);
    const wanted = (part: string) => options.parts.includes(part);
    if (wanted('accuracy')) for (const set of sets) await accuracy(set, options);
    if (wanted('other'))
      others(
        sets.flatMap(({ cascades }) => cascades),
        options,
      );
    if (wanted('fit')) fitLines(await fitTimes()).forEach(say);
    if (wanted('forest')) forestLines(forestTime()).forEach(say);
  } catch (error) {
    if (!isForPeople(error)) throw error;
    process.stderr.write(`tweetoscope-model: ${error.message}\n`);
    process.exitCode = 1;
  }
}

async function dataSets({ data, least, parts }: BenchOptions): Promise<DataSet[]> {
  if (!parts.includes('accuracy') && !parts.includes('other')) return [];
  const pairs = await pairsIn(data);
  if (pairs.length > 0) return Promise.all(pairs.map((pair) => readPair(pair, least)));
  const where = 'docs/tweetoscope-model.md says where to get cascades; --data DIR names another folder';
  if (parts.includes('accuracy'))
    say(`skipped accuracy: no X.data.csv with X.index.csv in ${data}. ${where}.`);
  return [];
}

async function accuracy(set: DataSet, options: BenchOptions): Promise<void> {
  if (set.cascades.length < 2 * options.folds) {
    return say(`skipped ${set.name}: ${set.cascades.length} cascades are too few for ${options.folds} folds`);
  }
  say(
    `${set.name}: ${set.cascades.length} cascades, ${options.folds} folds, mean of ${options.seeds} fold seeds`,
  );
  const measured = measureAccuracy(set.cascades, options, (score) => say(scoreLine(score)));
  comparisonLines(measured.comparisons).forEach(say);
  say(`report: ${await writeReport(set, measured, { folder: options.out, root: ROOT })}`);
}

function others(real: readonly Cascade[], options: BenchOptions): void {
  for (const { name, cascades } of otherData(real)) {
    say(`other data: ${name}, ${cascades.length} cascades, one fold seed`);
    measureAccuracy(cascades, { ...options, methods: ['log-linear', 'blend'], seeds: 1 }, (score) =>
      say(scoreLine(score)),
    );
  }
}

function isForPeople(error: unknown): error is Error {
  if (error instanceof LayoutError || error instanceof RangeError) return true;
  const code = (error as NodeJS.ErrnoException).code;
  return error instanceof Error && (code?.startsWith('ERR_PARSE_ARGS') || error.message.startsWith('--'));
}
