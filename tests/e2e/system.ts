import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures', 'systems');

/** A copy of a fixture that a test may change, in a folder outside of any git repository. */
export class SystemFolder {
  readonly folder: string;
  readonly name: string;

  constructor(folder: string, fixture: string, name = fixture) {
    this.folder = folder;
    this.name = name;
    this.become(fixture);
  }

  get host(): string {
    return `${this.name}.localhost`;
  }

  /** Replaces its files by those of another fixture; it keeps its name and its host. */
  become(fixture: string): void {
    mkdirSync(this.folder, { recursive: true });
    for (const name of readdirSync(this.folder)) rmSync(path.join(this.folder, name), { recursive: true });
    cpSync(path.join(FIXTURES, fixture), this.folder, { recursive: true });
    if (fixture !== this.name) this.edit('escale.yaml', (text) => text.replaceAll(fixture, this.name));
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  edit(file: string, change: (text: string) => string): void {
    this.write(file, change(readFileSync(path.join(this.folder, file), 'utf8')));
  }
}
