import type { Sql } from './sql.ts';

/**
 * Answers of the store to what is asked again and again, by what they are about: kept until something of that is
 * written. They are shared, so nobody changes them.
 */
export class Remembered<T> {
  private readonly sql: Sql;
  private readonly answers = new Map<string, Map<string | number, T>>();

  constructor(sql: Sql) {
    this.sql = sql;
  }

  /** What `read` gave the last time for the same question about the same thing. */
  get(about: string, question: string | number, read: () => T): T {
    const known = this.answers.get(about)?.get(question);
    if (known !== undefined) return known;
    const answer = read();
    // What a transaction has written may still be taken back.
    if (this.sql.isInTransaction) return answer;
    const answers = this.answers.get(about) ?? new Map<string | number, T>();
    this.answers.set(about, answers.set(question, answer));
    return answer;
  }

  /** Something of it is written. */
  forget(about: string): void {
    this.answers.delete(about);
  }
}
