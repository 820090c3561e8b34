/** Conversions that are credited to nothing, and those that count with a problem: why, and what to do about each. */
import type { JSX } from 'react';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, date, money, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Chip } from '../parts/chip.tsx';
import { MoneyTabs } from '../parts/money-tabs.tsx';
import { Picker, useNames } from '../parts/picker.tsx';
import { RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Report = AnswerOf<'/v2/reports/unattributed'>;
type Row = Report['rows'][number];
type Names = ReadonlyMap<string, string>;

export function UnattributedPage(): JSX.Element {
  const place = usePlace();
  const { offer_id } = place.query;
  const answer = useAnswer('/v2/reports/unattributed', { ...rangeOf(place), offer_id });
  const names = useNames('offers');
  return (
    <div>
      <Title text={t.money.unattributed_title} />
      <MoneyTabs />
      <RangePicker place={place} />
      <div className="tools">
        <Picker
          kind="offers"
          label={t.kinds.offers}
          value={offer_id ?? ''}
          none={t.money.every_offer}
          chosen={(id) => go(withQuery(place, { offer_id: id }))}
        />
        {offer_id && (
          <Chip
            place={place}
            name="offer_id"
            text={`${t.kinds.offers}: ${names.get(offer_id) ?? offer_id}`}
          />
        )}
      </div>
      <Answered answer={answer} show={(report) => <Found report={report} names={names} place={place} />} />
    </div>
  );
}

function Found({ report, names, place }: { report: Report; names: Names; place: Place }): JSX.Element {
  const { rows, problems, refused } = report;
  if (rows.length + problems.length + refused.length === 0) return <Empty>{t.money.all_credited}</Empty>;
  return (
    <>
      <p className="muted">{t.money.not_credited(report.reports, count(report.reports))}</p>
      {rows.length > 0 && (
        <Table caption={t.money.unattributed_title} columns={columnsOf(names, place)} rows={rows} stacked />
      )}
      {problems.length > 0 && (
        <>
          <h2>{t.money.problems}</h2>
          <p className="muted">{t.money.problems_about}</p>
          <Table caption={t.money.problems} columns={problemColumnsOf(names)} rows={problems} stacked />
        </>
      )}
      {refused.length > 0 && (
        <>
          <h2>{t.money.refused}</h2>
          <p className="muted">{t.money.refused_about}</p>
          <Table caption={t.money.refused} columns={REFUSED} rows={refused} />
        </>
      )}
      <p>
        <a href={`${addressOf('/guides/reconcile')}#find-what-is-not-credited`}>{t.money.meaning}</a>
      </p>
    </>
  );
}

/** The reports themselves, as they came. */
const inspectorOf = (offer_id: string, state: string): string =>
  addressOf('/finance/postbacks', { offer: offer_id, state });

const offerOf = (names: Names, offer_id: string): JSX.Element | string =>
  offer_id === '' ? (
    t.money.no_offer
  ) : (
    <a href={`/offers/${encodeURIComponent(offer_id)}`} title={offer_id}>
      {names.get(offer_id) ?? offer_id}
    </a>
  );

const traceOf = (id: string): JSX.Element => <a href={addressOf('/trace', { id })}>{t.money.trace}</a>;

const columnsOf = (names: Names, place: Place): Column<Row>[] => [
  {
    name: '',
    title: t.money.reason,
    show: ({ reason }) => t.money.reasons[reason]?.[0] ?? reason.replaceAll('_', ' '),
  },
  { name: '', title: t.money.todo, show: ({ reason }) => t.money.reasons[reason]?.[1] ?? '' },
  {
    name: '',
    title: t.kinds.offers,
    show: ({ offer_id }) =>
      offer_id === '' || place.query['offer_id'] ? (
        offerOf(names, offer_id)
      ) : (
        <a href={withQuery(place, { offer_id })} title={offer_id}>
          {names.get(offer_id) ?? offer_id}
        </a>
      ),
  },
  { name: '', title: t.finance.channel, show: ({ channel }) => channel },
  { name: '', title: t.money.event, show: ({ event }) => event },
  { name: '', title: t.finance.reports, number: true, show: ({ reports }) => count(reports) },
  {
    name: '',
    title: t.money.amount,
    number: true,
    show: ({ amount, currency }) => money(amount, currency),
  },
  {
    name: '',
    title: t.money.last,
    show: ({ last_received_at }) => time(last_received_at, 'short'),
  },
  {
    name: '',
    title: t.money.look,
    show: ({ offer_id, example }) => (
      <span className="actions">
        <a href={inspectorOf(offer_id, 'unattributed')}>{t.pages.postbacks}</a>
        {traceOf(example.conversion_id)}
      </span>
    ),
  },
];

const problemColumnsOf = (names: Names): Column<Report['problems'][number]>[] => [
  { name: '', title: t.money.problem, show: ({ problem }) => <code>{problem}</code> },
  { name: '', title: t.kinds.offers, show: ({ offer_id }) => offerOf(names, offer_id) },
  { name: '', title: t.finance.channel, show: ({ channel }) => channel },
  { name: '', title: t.finance.reports, number: true, show: ({ reports }) => count(reports) },
  { name: '', title: t.money.last, show: ({ last_received_at }) => time(last_received_at, 'short') },
  {
    name: '',
    title: t.money.look,
    show: ({ offer_id, conversion_id }) => (
      <span className="actions">
        <a href={inspectorOf(offer_id, '')}>{t.pages.postbacks}</a>
        {traceOf(conversion_id)}
      </span>
    ),
  },
];

const REFUSED: Column<Report['refused'][number]>[] = [
  { name: '', title: t.money.day, show: ({ day }) => date(day) },
  { name: '', title: t.money.error, show: ({ error }) => <code>{error}</code> },
  { name: '', title: t.finance.reports, number: true, show: ({ reports }) => count(reports) },
];
