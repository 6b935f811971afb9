/** What a text holds of SQL: whole statements, and the beginning of one that goes on. */
export interface Statements {
  whole: string[];
  rest: string;
}

/**
 * Cuts a text at the semicolons that end statements: not those in quotes, comments or dollar quotes
 * (postgresql.org/docs/current/sql-syntax-lexical.html). Statements keep their text, without the semicolon.
 */
export function cutStatements(text: string): Statements {
  const whole: string[] = [];
  let begin = 0;
  for (let at = 0; at < text.length; ) {
    if (text[at] === ';') {
      whole.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
    at = afterToken(text, at);
  }
  return { whole: whole.filter((statement) => statement !== ''), rest: text.slice(begin).trimStart() };
}

/** Where the next token begins; what is never closed goes to the end. */
function afterToken(text: string, at: number): number {
  if (text[at] === "'") return afterQuote(text, at, isEscapeText(text, at));
  if (text[at] === '"') return afterQuote(text, at, false);
  if (text.startsWith('--', at)) return indexAfter(text, '\n', at);
  if (text.startsWith('/*', at)) return afterComment(text, at);
  const dollar = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(text.slice(at, at + 80))?.[0];
  if (dollar !== undefined) return indexAfter(text, dollar, at + dollar.length);
  return at + 1;
}

function isEscapeText(text: string, at: number): boolean {
  return /(?:^|[^\w$])[eE]$/.test(text.slice(Math.max(0, at - 2), at));
}

function afterQuote(text: string, at: number, escapes: boolean): number {
  for (let index = at + 1; index < text.length; index++) {
    if (escapes && text[index] === '\\') index += 1;
    else if (text[index] === text[at]) return index + 1;
  }
  return text.length;
}

/** Comments nest. */
function afterComment(text: string, at: number): number {
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    if (text.startsWith('/*', index)) depth += 1;
    else if (text.startsWith('*/', index)) depth -= 1;
    else continue;
    index += 1;
    if (depth === 0) return index + 1;
  }
  return text.length;
}

function indexAfter(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + what.length;
}
