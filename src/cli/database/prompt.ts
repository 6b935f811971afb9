import readline from 'node:readline';
import type { QueryAnswer, TableInfo } from '../../core/contracts/index.ts';
import type { Paint } from '../text.ts';
import { answerCsv, answerText, columnsText, tablesText } from './answer.ts';
import { cutStatements } from './statements.ts';

export interface PromptParts {
  /** What stands before the cursor: `tasks/db`. */
  name: string;
  write: boolean;
  /** How answers are written; a prompt may change it. */
  form: Form;
  paint: Paint;
  query: (sql: string) => Promise<QueryAnswer>;
  tables: () => Promise<TableInfo[]>;
  say: (text: string) => void;
  /** What to do with an error. */
  problem: (error: unknown) => void;
}

export type Form = 'table' | 'csv' | 'json';

const HELP = `  \\d           tables         \\d NAME   columns of a table
  \\csv         answers as CSV, or as a table again
  \\q           leave
  A statement ends with a semicolon.`;

/** A prompt for people, until they leave it. */
export async function prompt(parts: PromptParts): Promise<void> {
  const lines = readline.createInterface({ input: process.stdin, output: process.stdout });
  const session = new Session(parts);
  const ask = () => {
    lines.setPrompt(`${parts.name}${session.goesOn ? '-' : parts.write ? '#' : '='}> `);
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    session.drop();
    parts.say('');
    ask();
  });
  ask();
  for await (const line of lines) {
    if (!(await session.take(line))) break;
    ask();
  }
  lines.close();
}

/** Statements and commands from a file or a pipe; ends with the first problem that is thrown. */
export async function script(text: string, parts: PromptParts): Promise<void> {
  const session = new Session(parts);
  for (const line of text.split('\n')) if (!(await session.take(line))) return;
  await session.end();
}

/** What was typed so far, and what becomes of it. */
export class Session {
  private readonly parts: PromptParts;
  private typed = '';
  private form: Form;

  constructor(parts: PromptParts) {
    this.parts = parts;
    this.form = parts.form;
  }

  get goesOn(): boolean {
    return this.typed.trim() !== '';
  }

  drop(): void {
    this.typed = '';
  }

  /** One line. False: that was the last one. */
  async take(line: string): Promise<boolean> {
    if (!this.goesOn && /^\s*(\\|exit\s*$|quit\s*$)/.test(line)) return this.command(line.trim());
    const { whole, rest } = cutStatements(`${this.typed}${line}\n`);
    this.typed = rest;
    for (const statement of whole) await this.run(() => this.show(statement));
    return true;
  }

  /** The last statement may lack its semicolon. */
  async end(): Promise<void> {
    if (this.goesOn) await this.take(';');
  }

  private async command(line: string): Promise<boolean> {
    const [word, name] = line.split(/\s+/, 2);
    if (['\\q', 'exit', 'quit'].includes(word!)) return false;
    if (word === '\\csv') this.form = this.form === 'csv' ? 'table' : 'csv';
    else if (['\\d', '\\dt'].includes(word!)) await this.run(() => this.describe(name ?? null));
    else this.parts.say(HELP);
    return true;
  }

  private async show(statement: string): Promise<void> {
    const { query, say, paint } = this.parts;
    const answer = await query(statement);
    const forms = {
      csv: () => answerCsv(answer).slice(0, -1),
      json: () => JSON.stringify(answer),
      table: () => answerText(answer, paint),
    };
    say(forms[this.form]());
  }

  private async describe(name: string | null): Promise<void> {
    const { tables, say, paint } = this.parts;
    const all = await tables();
    const found = all.filter((one) => [one.name, `${one.schema}.${one.name}`].includes(name ?? ''));
    if (name === null) say(tablesText(all, paint));
    else if (found.length === 0) say(`There is no table ${name}.`);
    else for (const one of found) say(columnsText(one, paint));
  }

  private async run(work: () => Promise<void>): Promise<void> {
    await work().catch(this.parts.problem);
  }
}
