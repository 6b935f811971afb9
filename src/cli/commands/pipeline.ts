import os from 'node:os';
import { Command } from 'commander';
import {
  type ControlPlaneClient,
  type PipelineRunView,
  type PipelineSummary,
  startLocal,
  stopLocalIfIdle,
} from '../../server/index.ts';
import { pipelinePrinter } from '../pipeline-output.ts';
import { runLine, runText } from '../pipeline-text.ts';
import { folderOf, nameOfFolder, withEscale } from '../place.ts';
import { paintFor, table } from '../text.ts';

interface Options {
  step?: string;
  fresh?: boolean;
  all?: boolean;
  json?: boolean;
}

export function pipelineCommand(): Command {
  return new Command('pipeline')
    .enablePositionalOptions()
    .description('Run the pipeline of a folder as it is, changes that are not committed included')
    .argument('[folder]', 'folder of the system', '.')
    .option('--step <name>', 'only this step and what it needs')
    .option('--fresh', 'run also what succeeded on the same files before')
    .option('--json', 'one JSON object a line')
    .action(runHere)
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(logsCommand())
    .addCommand(cancelCommand())
    .addCommand(retryCommand());
}

async function runHere(folder: string, options: Options): Promise<void> {
  await onThisHost(async (client) => {
    const step = options.step ?? null;
    const here = {
      folder: folderOf(folder),
      step,
      fresh: options.fresh ?? false,
      by: os.userInfo().username,
    };
    const { id } = await client.beginPipeline(here);
    await follow(client, id, options);
  });
}

/** Shows a run to its end; the exit code says how it ended. Ctrl-C cancels what this command has begun. */
async function follow(client: ControlPlaneClient, id: number, { json }: Options): Promise<void> {
  const print = pipelinePrinter({ json: json ?? false });
  const cancel = () => void client.cancelPipeline(id).catch(() => {});
  process.once('SIGINT', cancel);
  try {
    for await (const line of client.followPipeline(id, new AbortController().signal)) {
      print(line);
      if (line.type === 'end' && line.state !== 'succeeded') process.exitCode = 1;
    }
  } finally {
    process.off('SIGINT', cancel);
  }
}

function listCommand(): Command {
  return new Command('list')
    .description('The last runs, newest first')
    .argument('[system]', 'system; without it the one of this folder')
    .option('--all', 'of all systems')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, options: Options) => {
      const system = options.all ? null : (word ?? (await nameOfFolder(process.cwd())));
      const runs = await withEscale(({ client }) => client.pipelines(system));
      if (options.json) console.log(JSON.stringify({ runs }));
      else console.log(listText(runs));
    });
}

function listText(runs: PipelineSummary[]): string {
  if (runs.length === 0) return 'No pipeline runs yet: `escale pipeline` in a system’s folder begins one.';
  return table(runs.map((run) => runLine(run, Date.now(), paintFor(process.stdout))));
}

function showCommand(): Command {
  return withRun('show', 'What became of a run, step by step').action(
    async (word: string, options: Options) => {
      const run = await withEscale(({ client }) => client.pipeline(numberOf(word)));
      console.log(options.json ? JSON.stringify(run) : shown(run));
    },
  );
}

function shown(run: PipelineRunView): string {
  return runText(run, Date.now(), paintFor(process.stdout));
}

function logsCommand(): Command {
  return withRun('logs', 'Everything that a run printed; follows it while it goes on').action(
    async (word: string, options: Options) => {
      await withEscale(async ({ client }) => {
        const print = pipelinePrinter({ json: options.json ?? false });
        for await (const line of client.followPipeline(numberOf(word), new AbortController().signal))
          print(line);
      });
    },
  );
}

function cancelCommand(): Command {
  return withRun('cancel', 'End a run that waits or goes on').action(
    async (word: string, options: Options) => {
      const run = numberOf(word);
      await withEscale(({ client }) => client.cancelPipeline(run));
      console.log(options.json ? JSON.stringify({ cancelled: run }) : `✓ run ${run} is being cancelled.`);
    },
  );
}

function retryCommand(): Command {
  return withRun('retry', 'Run the same once more, with nothing taken from former runs').action(
    async (word: string, options: Options) => {
      await withEscale(async ({ client }) => {
        const { id } = await client.retryPipeline(numberOf(word));
        await follow(client, id, options);
      });
    },
  );
}

function withRun(verb: string, description: string): Command {
  return new Command(verb)
    .description(description)
    .argument('<run>', 'number of the run')
    .option('--json', 'as JSON');
}

/** What is no number names no run. */
function numberOf(word: string): number {
  return /^\d{1,9}$/.test(word) ? Number(word) : 0;
}

/** Whatever the context: the folder is here. Escale runs only as long as that takes, unless it ran before. */
async function onThisHost<T>(ask: (client: ControlPlaneClient) => Promise<T>): Promise<T> {
  const escale = await startLocal();
  try {
    return await ask(escale.client);
  } finally {
    if (escale.started) await stopLocalIfIdle(escale);
  }
}
