/** One campaign, offer, creative, message or link: its figures, time line, breakdown, bots by reason, conversions, A/B test. */
import { type JSX, lazy, Suspense } from 'react';
import type { Conversion } from '../../../client/openapi.ts';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, money, time } from '../format.ts';
import { usePlace } from '../location.ts';
import { Alerts } from '../parts/alerts.tsx';
import { Attribution } from '../parts/attribution.tsx';
import { Cards, cardsOf } from '../parts/cards.tsx';
import { DownloadCsv } from '../parts/download.tsx';
import { EntityActions } from '../parts/entity-actions.tsx';
import { ExperimentTable } from '../parts/experiment.tsx';
import { History } from '../parts/history.tsx';
import { Leads } from '../parts/leads.tsx';
import { LinkActions } from '../parts/link-actions.tsx';
import { grainOf, type Range, RangePicker, rangeOf, reportRangeOf, Unfinished } from '../parts/range.tsx';
import { Answered, Empty, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Timeline, useSeries } from '../parts/timeline.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { type EntityKind, idOf, isDefined, titleOf } from './kinds.ts';
import { StoryOf } from './story.tsx';

const PER_PAGE = 1_000;
const CONVERSIONS_SHOWN = 50;
type Bots = AnswerOf<'/v2/reports/bots'>;
const Breakdown = lazy(async () => ({ default: (await import('../parts/breakdown.tsx')).Breakdown }));

export interface EntityProps {
  kind: EntityKind;
  id: string;
  may_change: boolean;
  /** Whether the reader may see who changed what. */
  may_audit: boolean;
}

export function EntityPage({ kind, id, may_change, may_audit }: EntityProps): JSX.Element {
  const place = usePlace();
  const range = rangeOf(place);
  const defined = useAnswer(isDefined(kind) ? `/v2/${kind}/{id}` : undefined, { id });
  const name = defined.value?.name;
  return (
    <div>
      <p className="crumbs">
        <a href={`/${kind}`}>{titleOf(kind)}</a>
        {' / '}
        <span>{id}</span>
      </p>
      <Title text={name || id} />
      {isDefined(kind) && (
        <div className="actions head">
          {defined.value && <EntityActions kind={kind} entity={defined.value} may_change={may_change} />}
          {kind === 'offers' && (
            <a className="button" href={`/offers/${encodeURIComponent(id)}/postbacks`}>
              {t.pages.postbacks}
            </a>
          )}
        </div>
      )}
      {kind === 'links' && <LinkActions id={id} may_change={may_change} />}
      {isDefined(kind) ? (
        <div>
          {kind === 'offers' && <Alerts offer_id={id} />}
          {kind === 'offers' && <OfferLeads id={id} />}
          <RangePicker place={place} of_reports />
          <Figures kind={kind} id={id} range={reportRangeOf(place)} />
          {kind === 'campaigns' && <AbTest id={id} range={reportRangeOf(place)} />}
          <Suspense fallback={<Loading />}>
            <Breakdown place={place} id_name={idOf(kind)} id={id} />
          </Suspense>
          <BotShare kind={kind} id={id} range={range} />
          <Conversions kind={kind} id={id} range={range} />
          {defined.value && 'attribution' in defined.value && <Attribution offer={defined.value} />}
          <Inside kind={kind} id={id} range={range} />
        </div>
      ) : (
        <StoryOf kind={kind === 'messages' ? 'message' : 'link'} id={id} />
      )}
      {may_audit && kind !== 'messages' && <History subject_id={id} />}
    </div>
  );
}

function OfferLeads({ id }: { id: string }): JSX.Element | null {
  const { value } = useAnswer('/v2/offers/{id}', { id });
  return value === undefined ? null : <Leads offer={value} />;
}

interface Part {
  kind: EntityKind;
  id: string;
  range: Range;
}

function Figures({ kind, id, range }: Part): JSX.Element {
  const answer = useAnswer('/v2/reports/hours', {
    ...range,
    [idOf(kind)]: id,
    by: grainOf(range),
    per_page: PER_PAGE,
    sort: 'hour',
  });
  const series = useSeries(answer.value?.rows, range);
  return (
    <Answered
      answer={answer}
      show={(report) => (
        <div>
          <Cards label={t.entity.in_range} cards={cardsOf(report.totals, undefined, series.values)} />
          <Unfinished range={report.range} />
          {report.rows.length > 0 && <Timeline series={series} />}
        </div>
      )}
    />
  );
}

function AbTest({ id, range }: { id: string; range: Range }): JSX.Element {
  const answer = useAnswer('/v2/reports/variants', { ...range, campaign_id: id });
  return (
    <section aria-labelledby="ab">
      <h2 id="ab">{t.entity.ab}</h2>
      <Answered
        answer={answer}
        show={({ experiment }) =>
          experiment && experiment.variants.length > 1 ? (
            <ExperimentTable experiment={experiment} />
          ) : (
            <Empty>{t.entity.one_variant}</Empty>
          )
        }
      />
    </section>
  );
}

function BotShare({ kind, id, range }: Part): JSX.Element {
  const answer = useAnswer('/v2/reports/bots', { ...range, by: 'reason', [idOf(kind)]: id });
  const columns: Column<Bots['rows'][number]>[] = [
    { name: '', title: t.entity.reason, show: (row) => row.reason ?? '' },
    { name: '', title: t.entity.bot_clicks, number: true, show: (row) => count(row.clicks_bot) },
  ];
  return (
    <section aria-labelledby="bots">
      <h2 id="bots">{t.entity.bots}</h2>
      <Answered
        answer={answer}
        show={({ rows }) =>
          rows.length === 0 ? (
            <Empty>{t.entity.no_bots}</Empty>
          ) : (
            <Table caption={t.entity.bots_caption} columns={columns} rows={rows} />
          )
        }
      />
    </section>
  );
}

function Conversions({ kind, id, range }: Part): JSX.Element {
  const filter = { ...range, [idOf(kind)]: id };
  const answer = useAnswer('/v2/conversions', { ...filter, per_page: CONVERSIONS_SHOWN });
  return (
    <section>
      <h2>{t.shared.conversions}</h2>
      <Answered
        answer={answer}
        show={({ rows, total_rows }) =>
          rows.length === 0 ? (
            <Empty>{t.shared.no_conversions}</Empty>
          ) : (
            <div>
              <Table caption={t.shared.conversions} columns={CONVERSION_COLUMNS} rows={rows} />
              <p>
                <Words
                  text={t.entity.in_all}
                  count={count(total_rows)}
                  download={<DownloadCsv path="/v2/conversions" asked={filter} name="conversions" inline />}
                />
              </p>
            </div>
          )
        }
      />
    </section>
  );
}

const CONVERSION_COLUMNS: Column<Conversion>[] = [
  { name: '', title: t.entity.time, show: (row) => time(row.converted_at, 'short') },
  { name: '', title: t.entity.event, show: (row) => row.event },
  {
    name: '',
    title: t.entity.transaction,
    show: (row) => (
      <a href={`/trace?id=${encodeURIComponent(row.conversion_id)}`}>{row.txn_id || row.conversion_id}</a>
    ),
  },
  { name: '', title: t.entity.status, show: (row) => [row.status, row.reason].filter(Boolean).join(': ') },
  { name: '', title: t.shared.revenue, number: true, show: (row) => money(row.revenue, row.currency) },
];

/** Links to the lists of related items, filtered by this one. */
function Inside({ kind, id, range }: Part): JSX.Element {
  const lists = (['campaigns', 'offers', 'creatives', 'messages', 'links'] as const).filter(
    (other) => other !== kind,
  );
  return (
    <nav className="inside" aria-label={t.entity.inside}>
      {lists.map((other) => (
        <a
          key={other}
          className="button"
          href={addressOf(`/${other}`, { [idOf(kind)]: id, from: range.from, to: range.to })}
        >
          {t.entity.its[other]}
        </a>
      ))}
    </nav>
  );
}
