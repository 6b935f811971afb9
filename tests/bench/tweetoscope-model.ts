import { resolve } from 'node:path';
import { type Cascade, LayoutError } from '../../systems/tweetoscope/model/index.ts';
import { type Accuracy, measureAccuracy } from './tweetoscope-model/accuracy.ts';
import { DataFileError, type DataSet, pairsIn, readPair } from './tweetoscope-model/data.ts';
import { type FitTime, fitTimes } from './tweetoscope-model/fit-time.ts';
import { type ForestTime, forestTime } from './tweetoscope-model/forest-time.ts';
import { type BenchOptions, optionsOf, USAGE } from './tweetoscope-model/options.ts';
import { otherData } from './tweetoscope-model/other-data.ts';
import { comparisonLines, fitLines, forestLines, scoreLine } from './tweetoscope-model/print.ts';
import { writeReport } from './tweetoscope-model/report/write-report.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The last line printed: every figure of the parts that ran. */
interface Figures {
  readonly bench: 'tweetoscope-model';
  readonly accuracy: SetFigures[];
  readonly other: SetFigures[];
  fit?: FitTime[];
  forest?: ForestTime;
}

type SetFigures = Pick<Accuracy, 'scores' | 'comparisons'> & {
  readonly name: string;
  readonly cascades: number;
};

/** Runs the bench; exits with 1 and a sentence on wrong arguments, missing data or damaged files. */
export async function run(args: string[]): Promise<void> {
  if (args.includes('--help')) return say(USAGE);
  try {
    const options = optionsOf(args, ROOT);
    const sets = await dataSets(options);
    const wanted = (part: string) => options.parts.includes(part);
    const figures: Figures = { bench: 'tweetoscope-model', accuracy: [], other: [] };
    if (wanted('accuracy')) for (const set of sets) figures.accuracy.push(...(await accuracy(set, options)));
    if (wanted('other')) {
      const real = sets.flatMap(({ cascades }) => cascades);
      figures.other.push(...others(real, options));
    }
    if (wanted('fit')) {
      figures.fit = await fitTimes();
      fitLines(figures.fit).forEach(say);
    }
    if (wanted('forest')) {
      figures.forest = forestTime();
      forestLines(figures.forest).forEach(say);
    }
    say(JSON.stringify(figures));
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

async function accuracy(set: DataSet, options: BenchOptions): Promise<SetFigures[]> {
  if (set.cascades.length < 2 * options.folds) {
    say(`skipped ${set.name}: ${set.cascades.length} cascades are too few for ${options.folds} folds`);
    return [];
  }
  say(
    `${set.name}: ${set.cascades.length} cascades, ${options.folds} folds, mean of ${options.seeds} fold seeds`,
  );
  const measured = measureAccuracy(set.cascades, options, (score) => say(scoreLine(score)));
  comparisonLines(measured.comparisons).forEach(say);
  say(`report: ${await writeReport(set, measured, { folder: options.out, root: ROOT })}`);
  return [figuresOf(set, measured)];
}

function others(real: readonly Cascade[], options: BenchOptions): SetFigures[] {
  return otherData(real).map((set) => {
    say(`other data: ${set.name}, ${set.cascades.length} cascades, one fold seed`);
    const settings = { ...options, methods: ['log-linear', 'blend'], seeds: 1 };
    return figuresOf(
      set,
      measureAccuracy(set.cascades, settings, (score) => say(scoreLine(score))),
    );
  });
}

/** Without each cascade's error, which only the comparisons need. */
function figuresOf({ name, cascades }: DataSet, { scores, comparisons }: Accuracy): SetFigures {
  const brief = scores.map((score) => ({ ...score, errors: [] }));
  return { name, cascades: cascades.length, scores: brief, comparisons };
}

function isForPeople(error: unknown): error is Error {
  if (error instanceof LayoutError || error instanceof DataFileError || error instanceof RangeError)
    return true;
  const code = (error as NodeJS.ErrnoException).code;
  return error instanceof Error && (code?.startsWith('ERR_PARSE_ARGS') || error.message.startsWith('--'));
}
