import { inert } from '../words/inert.ts';
import { usePage } from './context.tsx';
import { Name } from './text.tsx';

/** Where a release came from: its commit, and whether there was more than that. */
export function Source({ release: { commit, dev } }: { release: { commit: string | null; dev: boolean } }) {
  const { t } = usePage();
  return (
    <>
      {commit === null ? (
        t('system.noCommit')
      ) : (
        <span title={t('system.commit', { commit: inert(commit) })}>
          <code>
            <Name>{commit.slice(0, 8)}</Name>
          </code>
        </span>
      )}
      {dev && (
        <>
          {' '}
          <span className="tag tag-dev">{t('system.dev')}</span>
        </>
      )}
    </>
  );
}
