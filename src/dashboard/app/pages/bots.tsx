/**
 * What was judged a bot in a range, and why: over time, by kind and reason, by the time after the send, and by what was sent
 * and where it came from. Each part opens its clicks. For everyone; the account's own rules are in the settings.
 */
import { type JSX, useMemo } from 'react';
import { type AnswerOf, addressOf } from '../api.ts';
import { bucketsOf, type Grain } from '../compared.ts';
import { delayName } from '../delays.ts';
import { count, datesName, likely, percent } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { type BarItem, Bars } from '../parts/bars.tsx';
import { Cards } from '../parts/cards.tsx';
import { Chart } from '../parts/chart.tsx';
import { ItemFilters, itemFiltersOf } from '../parts/item-filters.tsx';
import { grainOf, type Range, RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { regionOf } from '../regions.ts';
import { countsOf, seriesOf, type TimeRow } from '../series.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Row = AnswerOf<'/v2/reports/bots'>['rows'][number];
type Asked = Range & Record<string, string>;

const PER_PAGE = 1_000;
const BARS_SHOWN = 8;
const ITEMS = ['campaign_id', 'offer_id', 'creative_id'] as const;
/** The API has these for the account and for a campaign. */
const PLACES = ['asn', 'country'] as const;

/** The clicks that a part counts. */
const clicksOf = (asked: Asked, filter: Record<string, string>): string => {
  const { tz: _, ...rest } = asked;
  return addressOf('/clicks', { ...rest, verdict: 'bot', ...filter });
};

export function BotsPage({ may_rule }: { may_rule: boolean }): JSX.Element {
  const place = usePlace();
  const range = rangeOf(place);
  const asked: Asked = { ...range, ...itemFiltersOf(place) };
  const hours = useAnswer('/v2/reports/hours', {
    ...{ ...asked, range_by: 'event', by: grainOf(place, range), per_page: PER_PAGE, sort: 'hour' },
  });
  const of_place = asked['offer_id'] === undefined && asked['creative_id'] === undefined;
  return (
    <div>
      <Title text={t.pages.bots} />
      <p className="muted">
        <Words
          text={may_rule ? t.bots.about_rules : t.bots.about}
          guide={<a href="/guides/bots">{t.bots.guide}</a>}
          rules={<a href="/bot-rules">{t.bots.rules}</a>}
        />
      </p>
      <RangePicker place={place} />
      <ItemFilters place={place} />
      <Answered
        answer={hours}
        show={({ totals, rows }) =>
          totals.clicks_bot === 0 ? (
            <Empty>{t.bots.none}</Empty>
          ) : (
            <div>
              <Cards
                label={t.entity.in_range}
                cards={[
                  { name: t.bots.clicks, value: count(totals.clicks_bot) },
                  {
                    name: t.bots.share,
                    value: likely(totals.clicks_bot / totals.clicks_total),
                    note: t.bots.of_all(count(totals.clicks_total)),
                  },
                ]}
              />
              <Share rows={rows} range={range} grain={grainOf(place, range)} />
              <Reasons asked={asked} bots={totals.clicks_bot} />
              <Delays asked={asked} />
              <h2>{t.bots.where}</h2>
              <div className="breakdown">
                {ITEMS.filter((by) => asked[by] === undefined).map((by) => (
                  <Items key={by} by={by} asked={asked} place={place} />
                ))}
                {of_place && PLACES.map((by) => <Items key={by} by={by} asked={asked} place={place} />)}
              </div>
            </div>
          )
        }
      />
    </div>
  );
}

const inPercent = (value: number): string => percent(value / 100);

/** Of all clicks of each period. */
function Share({
  rows,
  range,
  grain,
}: {
  rows: readonly TimeRow[];
  range: Range;
  grain: Grain;
}): JSX.Element {
  const { from, to, tz } = range;
  const { points, lines } = useMemo(() => {
    const series = seriesOf(rows, bucketsOf(grain, { from, to }, tz, Date.now()));
    const all = countsOf(series, 'clicks_total');
    const values = countsOf(series, 'clicks_bot').map((bots, i) => (all[i] ? (100 * bots) / all[i] : 0));
    return {
      points: series.points,
      lines: [{ name: t.bots.share_percent, color: '--c3', values, show: inPercent }],
    };
  }, [rows, from, to, tz, grain]);
  const times_ms = useMemo(() => points.map(({ start_ms }) => start_ms), [points]);
  return (
    <Chart
      label={t.bots.over_time}
      range={datesName(range)}
      times_ms={times_ms}
      partial={points.map((point) => point.partial)}
      lines={lines}
      file={`bots_${range.from}_${range.to}`}
    />
  );
}

function Reasons({ asked, bots }: { asked: Asked; bots: number }): JSX.Element {
  const kinds = useAnswer('/v2/reports/bots', { ...asked, by: 'kind' });
  const reasons = useAnswer('/v2/reports/bots', { ...asked, by: 'reason' });
  const columns: Column<Row>[] = [
    {
      name: '',
      title: t.bots.reason,
      show: ({ reason = '' }) => (
        <a href={clicksOf(asked, { reason })}>{t.bots.reasons[reason]?.[0] ?? reason}</a>
      ),
    },
    { name: '', title: t.bots.means, show: ({ reason = '' }) => t.bots.reasons[reason]?.[1] ?? reason },
    { name: '', title: t.bots.clicks, number: true, show: (row) => count(row.clicks_bot) },
    { name: '', title: t.bots.share_of_bots, number: true, show: (row) => likely(row.clicks_bot / bots) },
  ];
  return (
    <>
      <h2 id="kinds">{t.bots.kinds_title}</h2>
      <p className="muted">{t.bots.several}</p>
      <Answered
        answer={kinds}
        show={({ rows }) => (
          <Bars
            items={rows.map(({ kind = '', clicks_bot }) => ({
              key: kind,
              label: t.bots.kinds[kind] ?? kind,
              share: clicks_bot / bots,
              text: `${count(clicks_bot)} · ${likely(clicks_bot / bots)}`,
              href: clicksOf(asked, { kind }),
            }))}
          />
        )}
      />
      <h2>{t.bots.reasons_title}</h2>
      <Answered
        answer={reasons}
        show={({ rows }) => <Table caption={t.bots.reasons_title} columns={columns} rows={rows} stacked />}
      />
    </>
  );
}

function Delays({ asked }: { asked: Asked }): JSX.Element {
  const answer = useAnswer('/v2/reports/bots', { ...asked, by: 'delay' });
  return (
    <>
      <h2>{t.bots.delays_title}</h2>
      <p className="muted">{t.bots.delays_note}</p>
      <Answered
        answer={answer}
        show={({ rows }) => {
          const most = rows.reduce((max, { clicks_total = 0 }) => Math.max(max, clicks_total), 1);
          return (
            <ul className="bars">
              {rows.map(({ delay = 0, clicks_bot, clicks_total = 0 }, i) => (
                <li key={delay}>
                  <a className="bar" href={clicksOf(asked, { delay: String(delay) })}>
                    <span
                      className="fill"
                      style={{ width: `${(clicks_total / most) * 100}%` }}
                      aria-hidden="true"
                    />
                    <span
                      className="fill bots"
                      style={{ width: `${(clicks_bot / most) * 100}%` }}
                      aria-hidden="true"
                    />
                    <span>{delayName(delay, rows[i + 1]?.delay)}</span>
                    <span className="number">
                      {t.bots.bots_of(
                        count(clicks_bot),
                        count(clicks_total),
                        clicks_total === 0 ? '–' : likely(clicks_bot / clicks_total),
                      )}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          );
        }}
      />
    </>
  );
}

type By = (typeof ITEMS)[number] | (typeof PLACES)[number];

function Items({ by, asked, place }: { by: By; asked: Asked; place: Place }): JSX.Element {
  const answer = useAnswer('/v2/reports/bots', { ...asked, by, limit: BARS_SHOWN });
  const title = t.breakdown.by[by === 'asn' ? 'network' : by];
  return (
    <section aria-labelledby={`bots-${by}`}>
      <h3 id={`bots-${by}`}>{title}</h3>
      <Answered
        answer={answer}
        show={({ rows }) => {
          const most = rows.reduce((max, row) => Math.max(max, row.clicks_bot), 1);
          return <Bars items={rows.map((row) => itemOf(by, row, most, asked, place))} />;
        }}
      />
    </section>
  );
}

function itemOf(by: By, row: Row, most: number, asked: Asked, place: Place): BarItem {
  const { clicks_bot, clicks_total = 0 } = row;
  const value = String(row[by] ?? '');
  const empty = value === '' || value === '0';
  return {
    key: value,
    label: empty ? t.breakdown.unknown : by === 'country' ? regionOf(value) : row.name || nameOf(by, value),
    share: clicks_bot / most,
    text: t.bots.bots_share(count(clicks_bot), likely(clicks_bot / clicks_total)),
    ...(by === 'asn' || by === 'country'
      ? { href: clicksOf(asked, { [by === 'asn' ? 'network' : by]: empty ? 'none' : value }) }
      : { pick: empty ? undefined : () => go(withQuery(place, { [by]: value })) }),
  };
}

const nameOf = (by: By, value: string): string => (by === 'asn' ? `AS${value}` : value);
