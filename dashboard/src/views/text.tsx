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

/** A sentence of the server, in the reader's language where it is known, else marked as English. */
export function Said({ children }: { children: string }) {
  const { language } = usePage();
  const { text, known } = serverText(children, language);
  return <bdi lang={known ? undefined : 'en'}>{text.split('\n').map(inert).join('\n')}</bdi>;
}
