import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '..', '..');

/** One fenced block: what stands behind its fence (`js notes/server.js`), and its text. */
export interface Block {
  language: string;
  /** The second word behind the fence, empty when there is none. */
  title: string;
  text: string;
  /** Of the fence, from 1. */
  line: number;
}

/** A page of the repository. */
export interface Page {
  /** From the root, with `/`. */
  file: string;
  text: string;
  blocks: Block[];
  /** The text without fenced blocks and comments, line for line. */
  prose: string;
}

/** Every Markdown file of the repository. */
export function pages(): Page[] {
  return globSync('**/*.md', {
    cwd: ROOT,
    exclude: (name) => /^(node_modules|dist|\.git)$/.test(path.basename(name)),
  })
    .sort()
    .map(readPage);
}

export function readPage(file: string): Page {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const withoutComments = text.replaceAll(/<!--[\s\S]*?-->/g, blank);
  const prose = withoutComments.replaceAll(FENCED, blank);
  return { file, text, blocks: blocksOf(withoutComments), prose };
}

const FENCED = /^```(\S*) ?(\S*).*\n([\s\S]*?)^```$/gm;

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(FENCED)].map(({ 1: language, 2: title, 3: inside, index }) => ({
    language: language!,
    title: title!,
    text: inside!,
    line: text.slice(0, index).split('\n').length,
  }));
}

/** What links and pictures of a page point to, without those of other sites. */
export function relativeLinks({ prose }: Page): string[] {
  const found = prose.replaceAll(CODE, '').matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g);
  return [...found].map((match) => (match[1] ?? match[2])!).filter((target) => !/^[a-z]+:/i.test(target));
}

/** The text of every code span. */
export function codeSpans({ prose }: Page): string[] {
  return [...prose.matchAll(CODE)].map((match) => match[1]!);
}

const CODE = /`([^`\n]+)`/g;

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Lines of shell blocks, a prompt cut off. */
export function shellLines({ blocks }: Page): string[] {
  return blocks
    .filter(({ language }) => ['sh', 'bash', 'shell', 'console'].includes(language))
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/^\$ /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, '');
}
