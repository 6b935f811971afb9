import { type ReactNode, useEffect, useRef } from 'react';
import { makeStore, type Store } from '../state/store.ts';
import { usePage, useStore } from './context.tsx';

/** Something to confirm before it is done. */
export interface Question {
  title: string;
  text: ReactNode;
  yes: string;
  no?: string;
  /** It takes something away from people who use the system. */
  grave: boolean;
  /** Whether it may be answered with yes, and what that is called then; always, where it is not given. */
  ready?: Store<Ready>;
  act: () => void;
}

export interface Ready {
  isReady: boolean;
  yes?: string;
}

const ALWAYS = makeStore<Ready>({ isReady: true });

/** The one dialog of the page: native, so Escape closes it and focus returns to where it came from. */
export function AskDialog() {
  const { question } = usePage();
  const asked = useStore(question);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (asked !== null && !dialog.current!.open) dialog.current!.showModal();
  }, [asked]);
  // The event comes late: a keystroke may have asked the next question by then, which stays.
  const closed = () => {
    if (!dialog.current!.open) question.set(null);
  };
  return (
    <dialog ref={dialog} aria-labelledby="ask-title" aria-describedby="ask-text" onClose={closed}>
      {asked !== null && <Asked question={asked} close={() => dialog.current!.close()} />}
    </dialog>
  );
}

function Asked({ question, close }: { question: Question; close: () => void }) {
  const { t } = usePage();
  const { title, text, no, grave, ready = ALWAYS } = question;
  const { isReady, yes = question.yes } = useStore(ready);
  const confirm = () => {
    if (!isReady) return;
    close();
    question.act();
  };
  return (
    <>
      <h2 id="ask-title">{title}</h2>
      <div id="ask-text">{text}</div>
      <p className="answers">
        <button type="button" className="quiet" onClick={close}>
          {no ?? t('act.cancel')}
        </button>
        <button
          type="button"
          className={isReady ? (grave ? 'grave' : 'main') : ''}
          aria-disabled={!isReady}
          onClick={confirm}
        >
          {yes}
        </button>
      </p>
    </>
  );
}
