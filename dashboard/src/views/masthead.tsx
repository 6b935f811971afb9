import { useLive, usePage } from './context.tsx';

/** The top of the page: whose it is, and whether it is live. */
export function Masthead() {
  const { t } = usePage();
  const { connection } = useLive();
  const state = connection.state === 'live' ? 'on' : connection.state === 'first' ? 'first' : 'off';
  return (
    <header className="masthead">
      <div className="masthead-in">
        <svg className="flag" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <path className="staff" d="M8 4v24" />
          <path className="cloth" d="M8 5h18l-6 6 6 6H8z" />
          <circle className="disc" cx="14" cy="11" r="3" />
        </svg>
        <h1>Escale</h1>
        <p className="motto">{t('page.home')}</p>
        <p className={`live live-${state}`}>
          <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">
            {state === 'on' ? <circle cx="5" cy="5" r="4" /> : <path d="M1 1l8 8M9 1 1 9" />}
          </svg>
          {t(`live.${state}`)}
        </p>
      </div>
    </header>
  );
}
