/** An overview of the account: the figures of a range, compared with the range before, over time, and live. */
import type { JSX } from 'react';
import type { Totals } from '../../../client/openapi.ts';
import { count, money } from '../format.ts';
import { usePlace } from '../location.ts';
import { Alerts } from '../parts/alerts.tsx';
import { Cards, cardsOf } from '../parts/cards.tsx';
import { grainOf, periodBefore, RangePicker, reportRangeOf, Unfinished } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { Timeline, useSeries } from '../parts/timeline.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { useLive } from '../use-live.ts';

const PER_PAGE = 1_000;

export function Overview({ may_change }: { may_change: boolean }): JSX.Element {
  const place = usePlace();
  const range = reportRangeOf(place);
  const now = useAnswer('/v2/reports/hours', {
    ...range,
    by: grainOf(range),
    per_page: PER_PAGE,
    sort: 'hour',
  });
  const before = useAnswer('/v2/reports/hours', {
    ...periodBefore(range),
    range_by: range.range_by,
    per_page: 1,
  });
  const series = useSeries(now.value?.rows, range);
  return (
    <div>
      <Title text={t.pages.overview} />
      <Alerts offer_id={undefined} />
      <Today />
      <RangePicker place={place} of_reports />
      <Answered
        answer={now}
        show={(report) =>
          report.totals.sent === 0 && report.totals.clicks_total === 0 ? (
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
          ) : (
            <div>
              <Cards
                label={t.overview.against}
                cards={cardsOf(report.totals, before.value?.totals, series.values)}
              />
              <Unfinished range={report.range} />
              <Timeline series={series} />
            </div>
          )
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
