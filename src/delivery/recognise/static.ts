import type { FolderView } from './folder-view.ts';
import type { Guess } from './guess.ts';
import { plainGuess } from './guess.ts';

const PLACES = ['public', 'dist', 'site', 'build', 'www', 'out', '_site', 'html'];

/** Recognises files to serve: an index.html in the folder or in a usual one below. */
export function recogniseStatic(folder: FolderView): Guess | null {
  if (folder.files.has('index.html')) return served(folder.path);
  const place = PLACES.find((name) => folder.enter(name)?.files.has('index.html'));
  return place === undefined ? null : served(folder.path === '.' ? place : `${folder.path}/${place}`);
}

function served(source: string): Guess {
  return plainGuess({ name: 'web', source, what: 'files (index.html)', command: null });
}
