import { Command } from 'commander';
import type { Overview, ReleaseChangesView, SystemView } from '../../server/index.ts';
import { numberOf } from '../number.ts';
import { findTarget, mustJoin } from '../place.ts';
import { duration, harmless, type Paint, paintFor, table } from '../text.ts';

interface Options {
  since?: number;
  json?: boolean;
}

export function releaseCommand(): Command {
  return new Command('release')
    .description('Show the kept releases of a system and where each runs, or what is new in one')
    .argument('<system>', 'system')
    .argument('[release]', 'number of the release', numberOf('release'))
    .option('--since <release>', 'compared with this one, not with the one before it', numberOf('release'))
    .option('--json', 'as one JSON object')
    .action(async (system: string, release: number | undefined, { since, json }: Options) => {
      const { client } = await mustJoin();
      const paint = paintFor(process.stdout);
      if (release !== undefined) {
        const changes = await client.releaseChanges(system, release, since ?? null);
        return void console.log(json ? JSON.stringify(changes) : changesText(changes, paint));
      }
      const overview = await client.overview();
      const places = placesOf(system, overview);
      const [first] = places;
      // Says what there is.
      if (first === undefined) await findTarget(system, overview, 'local');
      const { releases } = first!;
      console.log(json ? JSON.stringify({ system, releases }) : releasesText(places, paint));
    });
}

function placesOf(system: string, { systems }: Overview): SystemView[] {
  return systems.filter(({ name }) => name === system);
}

function releasesText(places: SystemView[], paint: Paint, now = Date.now()): string {
  return table(
    places[0]!.releases.map(({ number, commit, dev, createdAt }) => {
      const runs = places.filter(({ up, release }) => up && release === number);
      return [
        paint.bold(String(number)),
        commit?.slice(0, 7) ?? 'no commit',
        dev ? paint.yellow('uncommitted') : '',
        `${duration(now - createdAt)} ago`,
        runs.map(({ environment }) => paint.green(environment)).join(' '),
      ];
    }),
  );
}

/** What is new in a release, as people read it. */
export function changesText(changes: ReleaseChangesView, paint: Paint): string {
  const { system, release, commit, since, commits, files, settings, programs } = changes;
  const head = `${paint.bold(`${system} release ${release}`)} ${commit?.slice(0, 7) ?? 'no commit'}`;
  const against = since === null ? 'the first one' : `since release ${since}`;
  const sections = [
    section(
      'commits',
      commits.map(
        ({ id, author, subject }) => `${id.slice(0, 7)} ${harmless(subject)} ${paint.dim(harmless(author))}`,
      ),
    ),
    section(
      'files',
      files.map(({ path, change }) => `${change} ${harmless(path)}`),
    ),
    section(
      'settings',
      settings.map(
        ({ path, before, after }) => `${path}: ${harmless(before ?? '–')} → ${harmless(after ?? '–')}`,
      ),
    ),
    section('programs that are other ones', programs),
  ];
  return [`${head}  ${paint.dim(against)}`, ...sections.flat()].join('\n');
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `    ${line}`)];
}
