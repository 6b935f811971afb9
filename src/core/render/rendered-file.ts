/** A text for people's repositories. */
export interface RenderedFile {
  /** From the top of the repository, `/`-separated. */
  path: string;
  text: string;
}

const MARK = 'Made by Escale';

/** The comment that every rendered file begins with: who made it, and how to make it again. */
export function header(command: string): string {
  return `# ${MARK}; changes are lost. Make it again: ${oneLine(command).trim()}\n`;
}

/** Whether Escale made a text: only such a file may be written over without being asked. */
export function isRendered(text: string): boolean {
  return text.startsWith(`# ${MARK};`);
}

/** A line break in a comment would end it. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
