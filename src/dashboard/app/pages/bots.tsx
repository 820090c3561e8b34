/**
 * What was judged a bot in a range, and why: over time, by kind and reason, by the time after the send, and by what was sent
 * and where it came from. Each part opens its clicks. For everyone; the account's own rules are in the settings.
 */
import { type JSX, useMemo } from 'react';
import type { Grain } from '../../../reports/grains.ts';
import { type AnswerOf, addressOf } from '../api.ts';
import { bucketsOf } from '../compared.ts';
import { delayName } from '../delays.ts';
import { count, datesName, likely, percent } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { useAnnotated } from '../parts/annotated.ts';
import { type BarItem, Bars } from '../parts/bars.tsx';
import { Cards } from '../parts/cards.tsx';
import { Chart, usePlotSoon } from '../parts/chart.tsx';
import { DownloadRows } from '../parts/download.tsx';
import { ItemFilters, itemFiltersOf } from '../parts/item-filters.tsx';
import { grainOf, type Range, RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { regionOf } from '../regions.ts';
import { countsOf, seriesOf, type TimeRow } from '../series.ts';
import { t } from '../strings/strings.ts';
import { type Answer, useAnswer } from '../use-answer.ts';

type Report = AnswerOf<'/v2/reports/bots'>;
type Row = Report['rows'][number];
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
  const parts = useParts(asked);
  usePlotSoon();
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
              <Share
                rows={rows}
                range={range}
                grain={grainOf(place, range)}
                campaign_id={asked['campaign_id']}
              />
              <Reasons asked={asked} bots={totals.clicks_bot} kinds={parts.kind} reasons={parts.reason} />
              <Delays asked={asked} answer={parts.delay} />
              <h2>{t.bots.where}</h2>
              <div className="breakdown">
                {[...ITEMS, ...PLACES].map(
                  (by) =>
                    isAsked(by, asked) && (
                      <Items key={by} by={by} asked={asked} place={place} answer={parts[by]} />
                    ),
                )}
              </div>
            </div>
          )
        }
      />
    </div>
  );
}

type Part = (typeof ITEMS)[number] | (typeof PLACES)[number] | 'kind' | 'reason' | 'delay';

function isAsked(by: Part, asked: Asked): boolean {
  if (by === 'asn' || by === 'country')
    return asked['offer_id'] === undefined && asked['creative_id'] === undefined;
  return asked[by] === undefined;
}

const usePart = (asked: Asked, by: Part, limit?: number): Answer<Report> =>
  useAnswer(isAsked(by, asked) ? '/v2/reports/bots' : undefined, {
    ...{ ...asked, by },
    ...(limit !== undefined && { limit }),
  });

/** All parts of the page, asked for at once. */
function useParts(asked: Asked): Record<Part, Answer<Report>> {
  return {
    kind: usePart(asked, 'kind'),
    reason: usePart(asked, 'reason'),
    delay: usePart(asked, 'delay'),
    campaign_id: usePart(asked, 'campaign_id', BARS_SHOWN),
    offer_id: usePart(asked, 'offer_id', BARS_SHOWN),
    creative_id: usePart(asked, 'creative_id', BARS_SHOWN),
    asn: usePart(asked, 'asn', BARS_SHOWN),
    country: usePart(asked, 'country', BARS_SHOWN),
  };
}

const inPercent = (value: number): string => percent(value / 100);

/** Of all clicks of each period. */
function Share({
  rows,
  range,
  grain,
  campaign_id,
}: {
  rows: readonly TimeRow[];
  range: Range;
  grain: Grain;
  campaign_id: string | undefined;
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
  const annotated = useAnnotated(range, campaign_id);
  return (
    <Chart
      label={t.bots.over_time}
      range={datesName(range)}
      times_ms={times_ms}
      partial={points.map((point) => point.partial)}
      lines={lines}
      file={`bots_${range.from}_${range.to}`}
      annotated={annotated}
    />
  );
}

interface ReasonsProps {
  asked: Asked;
  bots: number;
  kinds: Answer<Report>;
  reasons: Answer<Report>;
}

function Reasons({ asked, bots, kinds, reasons }: ReasonsProps): JSX.Element {
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
          <>
            <Bars
              items={rows.map(({ kind = '', clicks_bot }) => ({
                key: kind,
                label: t.bots.kinds[kind] ?? kind,
                share: clicks_bot / bots,
                text: `${count(clicks_bot)} · ${likely(clicks_bot / bots)}`,
                href: clicksOf(asked, { kind }),
              }))}
            />
            <DownloadRows rows={rows} name="bots_kinds" of={t.bots.kinds_title} />
          </>
        )}
      />
      <h2>{t.bots.reasons_title}</h2>
      <Answered
        answer={reasons}
        show={({ rows }) => (
          <Table caption={t.bots.reasons_title} columns={columns} rows={rows} file="bots_reasons" stacked />
        )}
      />
    </>
  );
}

function Delays({ asked, answer }: { asked: Asked; answer: Answer<Report> }): JSX.Element {
  return (
    <>
      <h2>{t.bots.delays_title}</h2>
      <p className="muted">{t.bots.delays_note}</p>
      <Answered
        answer={answer}
        show={({ rows }) => {
          const most = rows.reduce((max, { clicks_total = 0 }) => Math.max(max, clicks_total), 1);
          return (
            <>
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
              <DownloadRows rows={rows} name="bots_delays" of={t.bots.delays_title} />
            </>
          );
        }}
      />
    </>
  );
}

type By = (typeof ITEMS)[number] | (typeof PLACES)[number];

interface ItemsProps {
  by: By;
  asked: Asked;
  place: Place;
  answer: Answer<Report>;
}

function Items({ by, asked, place, answer }: ItemsProps): JSX.Element {
  const title = t.breakdown.by[by === 'asn' ? 'network' : by];
  return (
    <section aria-labelledby={`bots-${by}`}>
      <h3 id={`bots-${by}`}>{title}</h3>
      <Answered
        answer={answer}
        show={({ rows }) => {
          const most = rows.reduce((max, row) => Math.max(max, row.clicks_bot), 1);
          return (
            <>
              <Bars items={rows.map((row) => itemOf(by, row, most, asked, place))} />
              {rows.length > 0 && <DownloadRows rows={rows} name={`bots_${by}`} of={title} />}
            </>
          );
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
