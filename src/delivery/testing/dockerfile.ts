import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const WORDS = new Set(['ARG', 'FROM', 'COPY', 'RUN', 'WORKDIR', 'LABEL', 'ENV', 'USER', 'EXPOSE', 'CMD']);

/** What is wrong with a Dockerfile, read strictly: words as JSON, sources that exist in `context`, no root. */
export function dockerfileProblems(text: string, context: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const stages = lines
    .filter((line) => line.startsWith('FROM '))
    .map((line) => / AS (\w+)$/.exec(line)?.[1] ?? '');
  const problems = lines.flatMap((line) => {
    const [, word = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (!WORDS.has(word)) return [`unknown instruction: ${line}`];
    if (word === 'RUN' || word === 'CMD') return wordsOf(rest) === null ? [`no list of words: ${line}`] : [];
    return word === 'COPY' ? copyProblems(rest, stages, context) : [];
  });
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const user = last.findLast((line) => line.startsWith('USER '));
  return /^USER [1-9]\d*:[1-9]\d*$/.test(user ?? '') ? problems : [...problems, 'it runs as root'];
}

function copyProblems(rest: string, stages: string[], context: string): string[] {
  const [, stage, list] = /^(?:--from=(\w+) )?(.+)$/.exec(rest) ?? [];
  const words = wordsOf(list ?? '');
  if (words?.length !== 2) return [`no two words: COPY ${rest}`];
  if (stage !== undefined) return stages.includes(stage) ? [] : [`no stage ${stage}`];
  const source = path.join(context, words[0]!);
  if (!existsSync(source)) return [`${words[0]} does not exist`];
  return statSync(source).isDirectory() === words[0]!.endsWith('/')
    ? []
    : [`${words[0]} is of the other kind`];
}

function wordsOf(text: string): string[] | null {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null;
  }
}
