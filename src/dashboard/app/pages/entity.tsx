/** One campaign, offer, creative, message or link: its figures, time line, breakdown, bots by reason, conversions, A/B test. */
import { type JSX, lazy, Suspense, useEffect, useState } from 'react';
import type { Conversion } from '../../../client/openapi.ts';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, money, time } from '../format.ts';
import { type Place, usePlace } from '../location.ts';
import { Alerts } from '../parts/alerts.tsx';
import { Attribution } from '../parts/attribution.tsx';
import { becameOf } from '../parts/became.ts';
import { Below } from '../parts/below.tsx';
import { DownloadCsv } from '../parts/download.tsx';
import { EntityActions } from '../parts/entity-actions.tsx';
import type { Told } from '../parts/experiment.tsx';
import { Figures } from '../parts/figures.tsx';
import { FIRST, FirstOf } from '../parts/first-of.tsx';
import { History } from '../parts/history.tsx';
import { Leads } from '../parts/leads.tsx';
import { LinkActions } from '../parts/link-actions.tsx';
import { compareWith, type Range, RangePicker, rangeOf, reportRangeOf } from '../parts/range.tsx';
import { type Fixed, SLICES, type Sliced, slicesOf } from '../parts/slices.tsx';
import { Answered, Empty, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { type DefinedKind, type EntityKind, idOf, isDefined, titleOf } from './kinds.ts';
import { StoryOf } from './story.tsx';

/** The most that the API gives at once. */
const CONVERSIONS_MAX = 1_000;
type Bots = AnswerOf<'/v2/reports/bots'>;
const loadExperiment = () => import('../parts/experiment.tsx');
const ExperimentTable = lazy(async () => ({ default: (await loadExperiment()).ExperimentTable }));
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
        <Actions place={place} kind={kind} id={id} entity={defined.value} may_change={may_change} />
      )}
      {kind === 'links' && <LinkActions id={id} may_change={may_change} />}
      {isDefined(kind) ? (
        <div>
          {kind === 'offers' && <Alerts offer_id={id} />}
          {kind === 'offers' && <OfferLeads id={id} />}
          <RangePicker place={place} of_reports compares />
          <Figures place={place} fixed={{ [idOf(kind)]: id }} />
          <Below>
            <BelowFigures place={place} kind={kind} id={id} entity={defined.value} may_audit={may_audit} />
          </Below>
        </div>
      ) : (
        <StoryOf kind={kind === 'messages' ? 'message' : 'link'} id={id} />
      )}
      {may_audit && kind === 'links' && <History subject_id={id} />}
    </div>
  );
}

function BelowFigures({
  place,
  kind,
  id,
  entity,
  may_audit,
}: Pick<EntityProps, 'id' | 'may_audit'> & {
  place: Place;
  kind: DefinedKind;
  entity: AnswerOf<`/v2/${DefinedKind}/{id}`> | undefined;
}): JSX.Element {
  const range = rangeOf(place);
  const slices = slicesOf(place, { [idOf(kind)]: id });
  return (
    <>
      {kind === 'campaigns' && (
        <AbTest
          id={id}
          range={reportRangeOf(place)}
          campaign={entity && 'variants' in entity ? entity : undefined}
        />
      )}
      <Suspense fallback={<Loading />}>
        <Breakdown place={place} id_name={idOf(kind)} id={id} shown_elsewhere={SLICES} />
      </Suspense>
      <BotShare kind={kind} id={id} range={range} slices={slices} />
      <Conversions kind={kind} id={id} range={range} slices={slices} />
      {entity && 'attribution' in entity && <Attribution offer={entity} />}
      <Inside kind={kind} id={id} range={range} />
      {may_audit && <History subject_id={id} />}
    </>
  );
}

function Actions({
  place,
  kind,
  id,
  entity,
  may_change,
}: Pick<EntityProps, 'id' | 'may_change'> & {
  place: Place;
  kind: DefinedKind;
  /** Once it is known. */
  entity: AnswerOf<`/v2/${DefinedKind}/{id}`> | undefined;
}): JSX.Element {
  return (
    <div className="actions head">
      {entity && <EntityActions kind={kind} entity={entity} may_change={may_change} />}
      <a className="button" href={compareWith(place, kind, id)}>
        {t.versus.button}
      </a>
      {kind === 'offers' && (
        <a className="button" href={`/offers/${encodeURIComponent(id)}/postbacks`}>
          {t.pages.postbacks}
        </a>
      )}
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

function AbTest({
  id,
  range,
  campaign,
}: {
  id: string;
  range: Range;
  campaign: Told | undefined;
}): JSX.Element {
  const answer = useAnswer('/v2/reports/variants', { ...range, campaign_id: id });
  useEffect(() => void loadExperiment().catch(() => {}), []);
  return (
    <section aria-labelledby="ab">
      <h2 id="ab">{t.entity.ab}</h2>
      <Answered
        answer={answer}
        show={({ experiment }) =>
          experiment && experiment.variants.length > 1 ? (
            <Suspense fallback={<Loading />}>
              <ExperimentTable experiment={experiment} campaign={campaign} />
            </Suspense>
          ) : (
            <Empty>{t.entity.one_variant}</Empty>
          )
        }
      />
    </section>
  );
}

/** What these two lists can't be filtered by is said above them. */
function SlicedNote({ slices: { entities, taps } }: { slices: Sliced }): JSX.Element | null {
  if (entities.domain === undefined && Object.keys(taps).length === 0) return null;
  return <p className="muted">{t.slices.not_here}</p>;
}

const catalogOf = ({ entities: { domain: _domain, ...catalog } }: Sliced): Omit<Fixed, 'domain'> => catalog;

function BotShare({ kind, id, range, slices }: Part & { slices: Sliced }): JSX.Element {
  const answer = useAnswer('/v2/reports/bots', {
    ...{ ...range, ...catalogOf(slices) },
    by: 'reason',
    [idOf(kind)]: id,
  });
  const columns: Column<Bots['rows'][number]>[] = [
    {
      name: '',
      title: t.entity.reason,
      show: ({ reason = '' }) => (
        <a
          href={addressOf('/clicks', {
            ...catalogOf(slices),
            ...{ verdict: 'bot', reason, [idOf(kind)]: id, from: range.from, to: range.to },
          })}
        >
          {t.bots.reasons[reason]?.[0] ?? reason}
        </a>
      ),
    },
    { name: '', title: t.bots.means, show: ({ reason = '' }) => t.bots.reasons[reason]?.[1] ?? '' },
    { name: '', title: t.entity.bot_clicks, number: true, show: (row) => count(row.clicks_bot) },
  ];
  return (
    <section aria-labelledby="bots">
      <h2 id="bots">{t.entity.bots}</h2>
      <SlicedNote slices={slices} />
      <Answered
        answer={answer}
        show={({ rows }) =>
          rows.length === 0 ? (
            <Empty>{t.entity.no_bots}</Empty>
          ) : (
            <div>
              <p className="muted">{t.bots.several}</p>
              <FirstOf
                rows={rows}
                show={(shown) => (
                  <Table caption={t.entity.bots_caption} columns={columns} rows={shown} stacked />
                )}
              />
            </div>
          )
        }
      />
    </section>
  );
}

function Conversions({ kind, id, range, slices }: Part & { slices: Sliced }): JSX.Element {
  const filter = { ...range, ...catalogOf(slices), [idOf(kind)]: id };
  const [per_page, setPerPage] = useState(FIRST);
  const answer = useAnswer('/v2/conversions', { ...filter, per_page });
  return (
    <section>
      <h2>{t.shared.conversions}</h2>
      <SlicedNote slices={slices} />
      <Answered
        answer={answer}
        show={({ rows, total_rows }) =>
          rows.length === 0 ? (
            <Empty>{t.shared.no_conversions}</Empty>
          ) : (
            <div>
              <FirstOf
                rows={rows}
                total={total_rows}
                most={CONVERSIONS_MAX}
                asked={() => setPerPage(CONVERSIONS_MAX)}
                show={(shown) => (
                  <Table caption={t.shared.conversions} columns={CONVERSION_COLUMNS} rows={shown} stacked />
                )}
              />
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
  { name: '', title: t.entity.status, show: becameOf },
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
      {(['send_times', 'cohorts', 'bots', 'clicks'] as const).map((page) => (
        <a
          key={page}
          className="button"
          href={addressOf(`/${page.replace('_', '-')}`, { [idOf(kind)]: id, from: range.from, to: range.to })}
        >
          {t.pages[page]}
        </a>
      ))}
    </nav>
  );
}
