/** An overview of the account: the figures of a range, compared with another, filtered, over time, and live. */
import type { JSX } from 'react';
import type { Totals } from '../../../client/openapi.ts';
import { count, money } from '../format.ts';
import { usePlace } from '../location.ts';
import { Alerts } from '../parts/alerts.tsx';
import { Figures } from '../parts/figures.tsx';
import { RangePicker } from '../parts/range.tsx';
import { Empty } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useLive } from '../use-live.ts';

export function Overview({ may_change }: { may_change: boolean }): JSX.Element {
  const place = usePlace();
  return (
    <div>
      <Title text={t.pages.overview} />
      <Alerts offer_id={undefined} />
      <Today />
      <RangePicker place={place} of_reports compares />
      <Figures
        place={place}
        empty={
          <Empty>
            <p>{t.overview.none}</p>
            <p>
              {may_change && (
                <a className="button main" href="/start">
                  {t.start.link}
                </a>
              )}
            </p>
            <p>
              <Words text={t.overview.through_api} how={<a href="/docs">{t.overview.how}</a>} />
            </p>
          </Empty>
        }
      />
    </div>
  );
}

/** Today's counters, updated as clicks arrive. */
function Today(): JSX.Element {
  const { counters, connected } = useLive();
  return (
    <section className="today" aria-labelledby="today">
      <h2 id="today">
        {t.overview.today}
        <span
          className={connected ? 'live on' : 'live'}
          title={connected ? t.overview.live : t.overview.waiting}
        />
      </h2>
      {counters === undefined ? (
        <p className="muted">{t.overview.waiting_numbers}</p>
      ) : (
        <p className="counters">{figuresOf(counters)}</p>
      )}
    </section>
  );
}

function figuresOf(totals: Totals): JSX.Element[] {
  const figure = (counter: string, name: string, value: string): JSX.Element => (
    <span key={name} className="figure">
      <strong data-counter={counter}>{value}</strong>
      {` ${name}`}
    </span>
  );
  return [
    figure('sent', t.overview.sent, count(totals.sent)),
    figure('clicks_unique', t.overview.clicks_unique, count(totals.clicks_unique)),
    figure('clicks', t.overview.clicks, count(totals.clicks_total)),
    figure('bots', t.overview.bots, count(totals.clicks_bot)),
    figure('conversions', t.overview.conversions, count(totals.conversions)),
    ...totals.currencies.map(({ currency, revenue }) =>
      figure('revenue', t.overview.revenue(currency), money(revenue, currency)),
    ),
  ];
}
