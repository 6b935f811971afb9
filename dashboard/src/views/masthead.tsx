import { signOut } from '../api/sign-out.ts';
import { maySomewhere } from '../state/rights.ts';
import { hashOf, type Route, SYSTEMS, WHOLE_AUDIT } from '../state/route.ts';
import { useLive, useMe, usePage } from './context.tsx';
import { Name } from './text.tsx';

/** The top of the page: whose it is, where one can go, who looks, and whether it is live. */
export function Masthead({ route }: { route: Route }) {
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
        <Account />
        <Places route={route} />
      </div>
    </header>
  );
}

/** The views of the page. */
function Places({ route }: { route: Route }) {
  const { t } = usePage();
  const me = useMe();
  const waiting = useLive().overview?.approvals.length ?? 0;
  const pipelines: Route = { view: 'pipelines', system: null };
  const links: [Route, string, boolean][] = [
    [SYSTEMS, t('database.systems'), ['systems', 'system', 'release', 'database'].includes(route.view)],
    [pipelines, t('pipelines.title'), ['pipelines', 'run'].includes(route.view)],
    [
      { view: 'approvals' },
      waiting === 0 ? t('approvals.nav') : t('approvals.count', { count: waiting }),
      route.view === 'approvals',
    ],
  ];
  if (maySomewhere(me, 'admin')) links.push([WHOLE_AUDIT, t('audit.nav'), route.view === 'audit']);
  return (
    <nav className="places" aria-label={t('page.views')}>
      <ul>
        {links.map(([to, name, isHere]) => (
          <li key={to.view}>
            <a href={hashOf(to)} aria-current={isHere ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Who looks, and the way out. */
function Account() {
  const { t, say } = usePage();
  const me = useMe();
  if (me === null) return null;
  const leave = async () => {
    if (await signOut()) location.assign('/sign-in');
    else say(t('change.cutOffShort'));
  };
  return (
    <p className="account">
      <span title={t('account.title')}>
        <span className="unseen">{t('account.title')}: </span>
        {me.kind === 'owner' ? t('account.owner') : <Name>{me.name}</Name>}
      </span>
      <button type="button" className="small" onClick={leave}>
        {t('account.out')}
      </button>
    </p>
  );
}
