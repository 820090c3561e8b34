/** Campaigns, offers, creatives and domains by one measure of the reports; a bar filters the others. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import type { OfItems } from '../explored.ts';
import { has, toggled } from '../filter-text.ts';
import { count, likely, money } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';
import { type Answer, useAnswer } from '../use-answer.ts';
import { type BarItem, Bars } from './bars.tsx';
import { filtersOf } from './breakdown.tsx';
import { Chips } from './chip.tsx';
import { itemFiltersOf } from './item-filters.tsx';
import { NothingHere } from './nothing-here.tsx';
import { reportRangeOf } from './range.tsx';
import { Answered, Empty } from './states.tsx';

const REPORTS = {
  campaigns: 'campaign_id',
  offers: 'offer_id',
  creatives: 'creative_id',
  domains: 'domain',
} as const;
type ReportName = keyof typeof REPORTS;
/** Of each of them, what is read here. */
type Report = AnswerOf<'/v2/reports/campaigns'>;
type Row = Report['rows'][number];
/** Filters that messages and money have too; the others of the address are of clicks only. */
const OF_ITEMS: readonly string[] = Object.values(REPORTS);
const BARS_SHOWN = 8;
/** An item has a row for each of its currencies. */
const ROWS_ASKED = 4 * BARS_SHOWN;
const MONEYS: readonly OfItems[] = ['revenue', 'epc', 'rpm'];

export interface RankingProps {
  place: Place;
  measure: OfItems;
  /** Whether the reader may send a first message. */
  may_start: boolean;
}

export function Ranking({ place, measure, may_start }: RankingProps): JSX.Element {
  const domain = place.query['domain'];
  const answers: Record<ReportName, Answer<Report>> = {
    campaigns: useRanked('campaigns', place, measure),
    offers: useRanked('offers', place, measure),
    creatives: useRanked('creatives', place, measure),
    domains: useRanked('domains', place, measure),
  };
  const found = Object.values(answers).map(({ value }) => value);
  const failed = Object.values(answers).some(({ error }) => error !== undefined);
  return (
    <section aria-labelledby="ranking">
      <h2 id="ranking">{t.breakdown.title}</h2>
      <p className="muted">{t.explore.of_items}</p>
      {filtersOf(place).some((name) => place.query[name] && !OF_ITEMS.includes(name)) && (
        <p className="notice">{t.explore.not_applied}</p>
      )}
      {domain !== undefined && (
        <div className="tools">
          <Chips place={place} name="domain" label={t.breakdown.by.domain} />
        </div>
      )}
      {found.every((value) => value === undefined || isNothing(value, measure)) && !failed ? (
        // Nothing so far: one says so for all, once all have come.
        <Answered
          answer={Object.values(answers).find(({ value }) => value === undefined) ?? answers.campaigns}
          show={() => (
            <NothingHere place={place} text={t.explore.nothing} filters={OF_ITEMS} may_start={may_start} />
          )}
        />
      ) : (
        <div className="breakdown">
          {(Object.keys(REPORTS) as ReportName[]).map((name) => (
            <Ranked key={name} name={name} place={place} measure={measure} answer={answers[name]} />
          ))}
        </div>
      )}
    </section>
  );
}

const useRanked = (name: ReportName, place: Place, measure: OfItems): Answer<Report> =>
  useAnswer(`/v2/reports/${name}`, {
    ...reportRangeOf(place),
    ...itemFiltersOf(place),
    domain: place.query['domain'],
    sort: `-${measure}`,
    per_page: ROWS_ASKED,
  }) as Answer<Report>;

/** A rate that the range does not have is not nothing: it is said why. */
const isNothing = ({ rows }: Report, measure: OfItems): boolean =>
  rows.every((row) => row[measure] !== null && Number(row[measure]) <= 0);

function Ranked({
  name,
  place,
  measure,
  answer,
}: Omit<RankingProps, 'may_start'> & { name: ReportName; answer: Answer<Report> }): JSX.Element {
  const id_name = REPORTS[name];
  return (
    <section aria-labelledby={`by-${id_name}`}>
      <h3 id={`by-${id_name}`}>{t.breakdown.by[id_name]}</h3>
      <Answered
        answer={answer}
        show={(report) => {
          const found = report.rows;
          const rows = (MONEYS.includes(measure) ? found : byItem(found, id_name)).slice(0, BARS_SHOWN);
          if (rows.length > 0 && rows.every((row) => row[measure] === null))
            return <Empty>{t.range.no_rates}</Empty>;
          const most = mostOf(rows, measure);
          if ([...most.values()].every((value) => value <= 0)) return <Empty>{t.explore.nothing}</Empty>;
          return (
            <div>
              <Bars
                items={rows.map((row) =>
                  itemOf(row, most.get(scaleOf(row, measure)) || 1, id_name, place, measure),
                )}
              />
              {report.total_rows > found.length && (
                <p className="note">{t.breakdown.more(count(report.total_rows - found.length))}</p>
              )}
            </div>
          );
        }}
      />
    </section>
  );
}

/** Conversions have a currency each; all other counts are the same in every row of an item. */
function byItem(rows: readonly Row[], id_name: string): Row[] {
  const idOf = (row: Row): string => String((row as unknown as Record<string, string>)[id_name]);
  return [...Map.groupBy(rows, idOf).values()].map((of): Row => {
    const [first] = of as [Row, ...Row[]];
    return { ...first, currency: '', conversions: of.reduce((sum, row) => sum + row.conversions, 0) };
  });
}

/** Amounts of two currencies have no common scale. */
const scaleOf = (row: Row, measure: OfItems): string => (MONEYS.includes(measure) ? row.currency : '');

function mostOf(rows: readonly Row[], measure: OfItems): Map<string, number> {
  const most = new Map<string, number>();
  for (const row of rows) {
    const scale = scaleOf(row, measure);
    most.set(scale, Math.max(most.get(scale) ?? 0, Number(row[measure] ?? 0)));
  }
  return most;
}

function itemOf(row: Row, most: number, id_name: string, place: Place, measure: OfItems): BarItem {
  const id = String((row as unknown as Record<string, string>)[id_name]);
  const chosen = has(place.query[id_name], id);
  const value = row[measure];
  return {
    // An item has a row for each currency.
    key: `${id} ${row.currency}`,
    label: row.name || id,
    ...(MONEYS.includes(measure) && row.currency !== '' && { note: row.currency }),
    share: Number(value ?? 0) / most,
    text: textOf(measure, value, row.currency),
    chosen,
    pick: (out) => go(withQuery(place, { [id_name]: toggled(place.query[id_name], id, out) })),
  };
}

function textOf(measure: OfItems, value: number | string | null, currency: string): string {
  if (value === null) return '–';
  if (MONEYS.includes(measure)) return money(value, currency);
  return measure === 'click_rate' ? likely(Number(value)) : count(Number(value));
}
