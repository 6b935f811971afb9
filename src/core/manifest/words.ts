/** Words of a command line, or why it can't be one. */
export type Words = { words: string[] } | { problem: string; hint: string };

const SHELL_HINT = `Escale starts programs without a shell. Where you want one, write ['sh', '-c', '…'].`;
const QUOTE_HINT = `${SHELL_HINT} A character that is meant literally goes in single quotes.`;
const OPERATORS = ['&&', '||', '>>', '<<', '|', ';', '&', '>', '<', '(', ')', '`', '*', '\n'];
const BUILTINS = new Set(['cd', 'exec', 'export', 'source', '.', 'set', 'unset', 'ulimit', 'eval', 'alias']);
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'fish']);

/** The two placeholders a word may hold; the engine fills them in when it starts an instance. */
export const PLACEHOLDERS = ['HOST', 'PORT'] as const;

/** Splits a command as a shell would split words, quotes and backslashes honoured; what only a shell can do is refused. */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; ) {
    const piece = readPiece(text, at);
    if ('problem' in piece) return piece;
    if (piece.text === null) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + piece.text;
    at = piece.end;
  }
  if (word !== null) words.push(word);
  return refuseShellWords(words);
}

type Piece = { text: string | null; end: number } | { problem: string; hint: string };

function readPiece(text: string, at: number): Piece {
  const letter = text[at]!;
  if (letter === ' ' || letter === '\t') return { text: null, end: at + 1 };
  if (letter === "'") return readSingleQuoted(text, at);
  if (letter === '"') return readDoubleQuoted(text, at);
  if (letter === '\\') return { text: text[at + 1] ?? '', end: at + 2 };
  if (letter === '$') return readDollar(text, at);
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
  if (operator)
    return { problem: `has ${nameOf(operator)}, which only a shell understands`, hint: QUOTE_HINT };
  return { text: letter, end: at + 1 };
}

function readSingleQuoted(text: string, at: number): Piece {
  const end = text.indexOf("'", at + 1);
  if (end < 0) return { problem: "has a quote (') that is never closed", hint: 'Close the quote.' };
  return { text: text.slice(at + 1, end), end: end + 1 };
}

function readDoubleQuoted(text: string, at: number): Piece {
  let content = '';
  for (let index = at + 1; index < text.length; ) {
    const letter = text[index]!;
    if (letter === '"') return { text: content, end: index + 1 };
    if (letter === '`')
      return { problem: 'has a backquote, which only a shell understands', hint: QUOTE_HINT };
    const piece = letter === '$' ? readDollar(text, index) : readQuotedLetter(text, index);
    if ('problem' in piece) return piece;
    content += piece.text;
    index = piece.end;
  }
  return { problem: 'has a quote (") that is never closed', hint: 'Close the quote.' };
}

function readQuotedLetter(text: string, at: number): Piece {
  const escaped = text[at] === '\\' && '"\\$`'.includes(text[at + 1] ?? ' ');
  return escaped ? { text: text[at + 1]!, end: at + 2 } : { text: text[at]!, end: at + 1 };
}

function readDollar(text: string, at: number): Piece {
  const known = PLACEHOLDERS.map(placeholder).find((each) => text.startsWith(each, at));
  if (known) return { text: known, end: at + known.length };
  const variable = /^\$(\{[^}]*\}?|\w+|\()/.exec(text.slice(at, at + 80))?.[0];
  if (!variable) return { text: '$', end: at + 1 };
  const hint = `Only \${HOST} and \${PORT} are filled in. ${SHELL_HINT}`;
  return { problem: `has ${nameOf(variable)}, which only a shell understands`, hint };
}

function refuseShellWords(words: string[]): Words {
  const first = words[0];
  if (first === undefined) return { problem: 'is empty', hint: 'For example: node server.ts' };
  if (/^[A-Za-z_]\w*=/.test(first)) {
    return { problem: `starts with a variable (${nameOf(first)})`, hint: 'Variables go under `env`.' };
  }
  if (BUILTINS.has(first))
    return { problem: `starts with ${nameOf(first)}, a word of the shell`, hint: SHELL_HINT };
  if (words.some((word) => word.startsWith('~/')))
    return { problem: 'has ~/, which only a shell understands', hint: QUOTE_HINT };
  return { words };
}

function nameOf(part: string): string {
  return part === '\n' ? 'a line break' : part.length > 40 ? `${part.slice(0, 40)}…` : part;
}

/** A `${NAME}` in a list of words that nobody would fill in; words for a shell (`sh -c`) are its own business. */
export function strayPlaceholder(words: string[]): string | null {
  if (SHELLS.has(words[0]?.split('/').at(-1) ?? '')) return null;
  for (const word of words) {
    for (const [whole, name] of word.matchAll(/\$\{([A-Za-z_]\w*)\}/g)) {
      if (!(PLACEHOLDERS as readonly string[]).includes(name!)) return whole;
    }
  }
  return null;
}

/** True when a word waits for `${PORT}` or `${HOST}`. */
export function hasPlaceholder(words: string[]): boolean {
  return words.some((word) => PLACEHOLDERS.some((name) => word.includes(placeholder(name))));
}

function placeholder(name: string): string {
  return `\${${name}}`;
}

/** The words an instance is started with: `${HOST}` and `${PORT}` filled in, everything else untouched. */
export function fillCommand(words: string[], address: { host: string; port: number }): string[] {
  return words.map((word) =>
    word
      .replaceAll(placeholder('HOST'), () => address.host)
      .replaceAll(placeholder('PORT'), () => String(address.port)),
  );
}
