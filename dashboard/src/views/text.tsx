import { inert } from '../words/inert.ts';
import { serverText } from '../words/server-text.ts';
import { usePage } from './context.tsx';

/** A name or word from elsewhere: its direction and its marks stay inside it. */
export function Name({ children }: { children: string }) {
  return <bdi>{inert(children)}</bdi>;
}

/** Several of them, each by itself. */
export function Names({ children }: { children: string[] }) {
  return children.map((name, index) => (
    <span key={name}>
      {index > 0 && ', '}
      <Name>{name}</Name>
    </span>
  ));
}

/** A next step that the server names, its commands (between backquotes) set apart. */
export function Commands({ children }: { children: string }) {
  const { language } = usePage();
  const { text, known } = serverText(children, language);
  const parts = inert(text).split('`');
  return (
    <bdi lang={known ? undefined : 'en'}>
      {/* biome-ignore lint/suspicious/noArrayIndexKey: a part is its place in the sentence */}
      {parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
    </bdi>
  );
}

/** A sentence of the server, in the reader's language where it is known, else marked as English. */
export function Said({ children }: { children: string }) {
  const { language } = usePage();
  const { text, known } = serverText(children, language);
  return <bdi lang={known ? undefined : 'en'}>{text.split('\n').map(inert).join('\n')}</bdi>;
}
