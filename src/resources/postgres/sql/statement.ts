import type { Connection, FieldDef, Submittable } from 'pg';
import { EscaleError } from '../../../core/errors/index.ts';

/** What came back for one statement, values as the server prints them. */
export interface Answer {
  fields: FieldDef[];
  rows: (string | null)[][];
  /** As the server says it: `INSERT 0 1`; empty where rows were left out. */
  command: string;
  truncated: boolean;
}

export interface StatementText {
  sql: string;
  values?: string[];
  /** Most rows; 0: all of them. */
  limit?: number;
}

interface Settle {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  /** One more row is there. */
  row(): void;
}

/** Characters of all values together; what comes after them is left out. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/**
 * One statement by the extended protocol, in which several at once are refused by the server. The server is asked for no
 * more rows than are wanted (and one, which tells whether there are more), and no value is parsed.
 */
export class Statement implements Submittable {
  private readonly text: StatementText;
  private readonly settle: Settle;
  private readonly answer: Answer = { fields: [], rows: [], command: '', truncated: false };
  private characters = 0;
  private failed: Error | null = null;

  constructor(text: StatementText, settle: Settle) {
    this.text = text;
    this.settle = settle;
  }

  submit(connection: Connection): void {
    const { sql, values = [], limit = 0 } = this.text;
    connection.stream.cork();
    connection.parse({ name: '', text: sql, types: [] }, true);
    connection.bind({ values }, true);
    connection.describe({ type: 'P', name: '' }, true);
    connection.execute({ rows: String(limit === 0 ? 0 : limit + 1) }, true);
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.answer.fields = fields;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.settle.row();
    this.characters += fields.reduce((sum, value) => sum + (value?.length ?? 0), 0);
    const { rows } = this.answer;
    const isFull = rows.length === (this.text.limit || Number.POSITIVE_INFINITY);
    if (isFull || this.characters > MOST_CHARACTERS) this.answer.truncated = true;
    else rows.push(fields);
  }

  /** The one row too many was sent. */
  handlePortalSuspended(): void {}

  handleCommandComplete({ text }: { text: string }): void {
    if (!this.answer.truncated) this.answer.command = text;
  }

  handleEmptyQuery(): void {}

  handleCopyInResponse(connection: Connection): void {
    // The Sync that was sent is swallowed while the server waits for rows.
    (connection as unknown as { sendCopyFail(reason: string): void }).sendCopyFail(
      'COPY … FROM STDIN has no input here',
    );
    connection.sync();
  }

  handleCopyData(): void {
    this.failed = new EscaleError('database-refused', 'COPY … TO STDOUT gives no table: use SELECT');
  }

  handleError(error: Error): void {
    this.settle.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.failed !== null) this.settle.reject(this.failed);
    else this.settle.resolve(this.answer);
  }
}
