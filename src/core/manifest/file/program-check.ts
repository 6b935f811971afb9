import { parseSource } from '../folder.ts';
import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { hasPlaceholder, splitWords, strayPlaceholder } from '../words.ts';

interface CommandPlace {
  of: 'service' | 'job' | 'step';
  /** It gets a HOST and a PORT. */
  callable: boolean;
  path: Path;
}

/** A command: words that can be started as they are, and placeholders that somebody fills in. */
export function checkCommand(command: unknown, place: CommandPlace): Finding[] {
  const { path } = place;
  const words = wordsOf(command);
  if (words === null) return [];
  if ('problem' in words) {
    return [
      { code: 'wrong-command', path, message: `the command ${words.problem}`, hint: words.hint, at: 'value' },
    ];
  }
  return [...checkWords(words.words, path), ...checkPlaceholders(words.words, place)];
}

function wordsOf(command: unknown): ReturnType<typeof splitWords> | null {
  if (typeof command === 'string') return command === '' ? null : splitText(command);
  const isWords = Array.isArray(command) && command.every((word) => typeof word === 'string');
  return isWords ? { words: command } : null;
}

function splitText(command: string): ReturnType<typeof splitWords> {
  const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.test(command);
  return control ? { problem: 'has a control character', hint: 'Take it out.' } : splitWords(command);
}

function checkWords(words: string[], path: Path): Finding[] {
  const wrong = (message: string): Finding => ({ code: 'wrong-command', path, message, at: 'value' });
  if (words[0]?.trim() === '') return [wrong('the first word of the command is empty')];
  return words.some((word) => word.includes('\0')) ? [wrong('a word of the command has a zero byte')] : [];
}

function checkPlaceholders(words: string[], { of, callable, path }: CommandPlace): Finding[] {
  const stray = strayPlaceholder(words);
  if (stray !== null && !stray.startsWith(`\${secret`)) {
    const hint = `Only \${HOST} and \${PORT} are filled in. The program reads other variables from its environment.`;
    return [{ code: 'wrong-command', path, message: `nobody fills in ${stray}`, hint, at: 'value' }];
  }
  if (callable || !hasPlaceholder(words)) return [];
  const hint = of === 'service' ? 'Add port: true to the service.' : `A ${of} can’t be called.`;
  return [
    {
      code: 'wrong-command',
      path,
      message: `the command names \${HOST} or \${PORT}, but the ${of} has no port`,
      hint,
      at: 'value',
    },
  ];
}

/** A folder below the file, as it is written. */
export function checkSource(service: Record<string, unknown>, path: Path): Finding[] {
  if (typeof service.source !== 'string' || service.source === '') return [];
  const parsed = parseSource(service.source);
  if ('source' in parsed) return [];
  const message = `the folder ${valueText(service.source)} ${parsed.problem}`;
  return [{ code: 'wrong-source', path: [...path, 'source'], message, hint: parsed.hint, at: 'value' }];
}
