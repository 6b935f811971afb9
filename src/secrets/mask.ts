import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Shorter ones would hide half of every text, and protect nothing. */
const SHORTEST = 6;
/** Output comes in thousands of lines: files are looked at no more often than this, ms. */
const LOOK_MS = 250;
const HIDDEN = '•••';

/** Hides values in texts. What it knows is read again only when a file of secrets has changed. */
export class Mask {
  private stamp = '';
  private lookedAt = Number.NEGATIVE_INFINITY;
  private values: { system: string | null; value: string }[] = [];

  /** Where the values can't be read (their key is lost), nobody else can read them either: none is hidden. */
  refresh(folder: string, read: () => { system: string | null; value: string }[]): void {
    if (performance.now() - this.lookedAt < LOOK_MS) return;
    this.lookedAt = performance.now();
    const stamp = stampOf(folder);
    if (stamp === this.stamp) return;
    try {
      this.values =
        stamp === ''
          ? []
          : read()
              .flatMap(inLines)
              .sort((a, b) => b.value.length - a.value.length);
    } catch {
      this.values = [];
    }
    this.stamp = stamp;
  }

  hide(system: string, text: string): string {
    return this.values
      .filter((one) => (one.system === system || one.system === null) && text.includes(one.value))
      .reduce((hidden, { value }) => hidden.replaceAll(value, HIDDEN), text);
  }
}

/** Output comes line by line; a value of several is hidden in each. The longest first: one may be part of another. */
function inLines({ system, value }: { system: string | null; value: string }) {
  const lines = [...new Set([value, ...value.split('\n')])].map((line) => line.trim());
  return lines.filter((line) => line.length >= SHORTEST).map((line) => ({ system, value: line }));
}

function stampOf(folder: string): string {
  if (!existsSync(folder)) return '';
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => `${file}:${statSync(path.join(folder, file)).mtimeMs}`).join('|');
}
