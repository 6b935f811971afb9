import { usePage } from './context.tsx';

/** Nothing is delivered yet: what to type. */
export function Empty() {
  const { t } = usePage();
  return (
    <section className="board empty" aria-labelledby="empty-title">
      <h2 id="empty-title">{t('empty.title')}</h2>
      <p>{t('empty.text')}</p>
      <dl className="commands">
        <div>
          <dt>
            <code>escale init</code>
          </dt>
          <dd>{t('empty.init')}</dd>
        </div>
        <div>
          <dt>
            <code>escale up</code>
          </dt>
          <dd>{t('empty.up')}</dd>
        </div>
      </dl>
      <p>
        {t('empty.shipped')} <code>npm start</code>
      </p>
    </section>
  );
}

/** The shape of what is to come, until the first picture is there. */
export function Skeleton() {
  const { t } = usePage();
  return (
    <section className="board skeleton" aria-busy="true">
      <p className="unseen">{t('page.loading')}</p>
      <div className="bone bone-title" />
      <div className="bone" />
      <div className="bone bone-short" />
      <div className="bone" />
    </section>
  );
}
