import type { MouseEvent } from 'react';
import type { Word } from '../words/translate.ts';
import { usePage } from './context.tsx';

/** The first stop of the keyboard: to what the page is about. It leaves the address alone, which says what is looked at. */
export function SkipLink({ word }: { word: Word }) {
  const { t } = usePage();
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    document.getElementById('systems')?.focus();
  };
  return (
    // biome-ignore lint/a11y/useValidAnchor: it goes to a place of this page, and works as a link without the handler
    <a className="skip" href="#systems" onClick={skip}>
      {t(word)}
    </a>
  );
}
