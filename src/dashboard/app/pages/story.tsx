/** The story of a link, message, click, conversion or contact: its data, its results, and the reports that count it. */
import type { JSX, ReactNode } from 'react';
import type { Click, Conversion, RefusedTap, Totals } from '../../../client/openapi.ts';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, money, time } from '../format.ts';
import { Cards, cardsOf } from '../parts/cards.tsx';
import { FirstOf } from '../parts/first-of.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { LineOfMessage, momentOfClick, momentsOf, StoryLine } from '../parts/story-line.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { t } from '../strings/strings.ts';
import { useAddress } from '../use-answer.ts';

export type StoryKind = 'link' | 'message' | 'click' | 'conversion' | 'contact';
type Story<Kind extends StoryKind> = Kind extends 'contact'
  ? AnswerOf<'/v2/contacts/{contact_id}'>
  : AnswerOf<`/v2/${Exclude<Kind, 'contact'>}s/{id}`>;
export const addressOfStory = (kind: StoryKind, id: string): string =>
  kind === 'contact'
    ? addressOf('/v2/contacts/{contact_id}', { contact_id: id })
    : addressOf(`/v2/${kind}s/{id}`, { id });

export function StoryOf({ kind, id }: { kind: StoryKind; id: string }): JSX.Element {
  const answer = useAddress<Story<StoryKind>>(addressOfStory(kind, id));
  const show = STORIES[kind] as (story: Story<StoryKind>) => ReactNode;
  return (
    <Answered
      answer={answer}
      show={(story) => (
        <div className="story">
          <h2>{t.story.this[kind]}</h2>
          {show(story)}
        </div>
      )}
    />
  );
}

const STORIES: { [Kind in StoryKind]: (story: Story<Kind>) => ReactNode } = {
  link: ({ link, totals, clicks, refused, conversions }) => (
    <>
      <TestNote of={link} />
      <Facts facts={link} />
      <AllTime totals={totals} />
      <List title={t.story.clicks} columns={CLICKS} rows={clicks} />
      <List title={t.story.refused} columns={REFUSED} rows={refused} />
      <List title={t.shared.conversions} columns={CONVERSIONS} rows={conversions} />
    </>
  ),
  message: (story) => {
    const { message, events, totals, links, clicks, refused, conversions } = story;
    return (
      <>
        <TestNote of={message} />
        <StoryLine moments={momentsOf(story)} />
        <Facts facts={message} />
        <List title={t.story.became} columns={EVENTS} rows={events} />
        <AllTime totals={totals} />
        <List title={t.story.links} columns={LINKS} rows={links} />
        <List title={t.story.clicks} columns={CLICKS} rows={clicks} />
        <List title={t.story.refused} columns={REFUSED} rows={refused} />
        <List title={t.shared.conversions} columns={CONVERSIONS} rows={conversions} />
      </>
    );
  },
  contact: ({ contact_id, messages, clicks, refused, conversions, audiences, opt_out }) => (
    <>
      <Facts
        facts={{
          contact_id,
          opted_out_at: opt_out?.opted_out_at ?? null,
          opted_out_by: opt_out?.source ?? null,
        }}
      />
      <List title={t.story.messages} columns={MESSAGES} rows={messages} />
      <List title={t.story.clicks} columns={CLICKS} rows={clicks} />
      <List title={t.story.refused} columns={REFUSED} rows={refused} />
      <List title={t.shared.conversions} columns={CONVERSIONS} rows={conversions} />
      <List title={t.story.audiences} columns={AUDIENCES} rows={audiences} />
    </>
  ),
  click: ({ click, led_by, first_click, names, conversions, reports }) => (
    <>
      <TestNote of={click} />
      {led_by !== null && <p className="verdict">{led_by}</p>}
      <LineOfMessage message_id={click.message_id} here={click.click_id} own={[momentOfClick(click)]} />
      <Facts facts={click} />
      <h2>{t.story.first_click}</h2>
      <Facts facts={first_click} />
      <h2>{t.story.names}</h2>
      <Facts facts={names} />
      <List title={t.shared.conversions} columns={CONVERSIONS} rows={conversions} />
      <List title={t.story.counts} columns={REPORTS} rows={reports} />
    </>
  ),
  conversion: ({ conversion, explanation, attribution, candidates, transaction, history }) => (
    <>
      <p className="verdict">{explanation}</p>
      <LineOfMessage message_id={conversion.message_id} here={conversion.conversion_id} history={history} />
      <Facts facts={conversion} />
      <h2>{t.story.decides}</h2>
      <Facts facts={attribution} />
      <List title={t.story.candidates} columns={CANDIDATES} rows={candidates} />
      <List title={t.story.transaction} columns={TRANSACTION} rows={transaction} />
      <List title={t.story.booked} columns={HISTORY} rows={history} />
    </>
  ),
};

/** What everybody who looks at a test must know first. */
const TestNote = ({ of: { is_test } }: { of: { is_test: boolean } }): JSX.Element | null =>
  is_test ? <p className="verdict">{t.story.a_test}</p> : null;

const AllTime = ({ totals }: { totals: Totals }): JSX.Element => (
  <>
    <h2>{t.story.all_time}</h2>
    <Cards label={t.story.all_time} cards={cardsOf(totals)} />
  </>
);

const List = <T extends object>({
  title,
  columns,
  rows,
}: {
  title: string;
  columns: Column<T>[];
  rows: readonly T[];
}): JSX.Element => (
  <>
    <h2>{`${title} (${count(rows.length)})`}</h2>
    {rows.length === 0 ? (
      <Empty>{t.shared.none}</Empty>
    ) : (
      <FirstOf rows={rows} show={(shown) => <Table caption={title} columns={columns} rows={shown} />} />
    )}
  </>
);

/** The catalogue's word for a column or a field. */
const titleOf = (name: string): string => t.fields[name] ?? name.replaceAll('_', ' ');

const traced = <T,>(column: keyof T & string): Column<T> => ({
  name: '',
  title: titleOf(column.replace(/_id$/, '')),
  show: (row) => traceOf(String(row[column])),
});

const text = <T,>(column: keyof T & string, title: string = column): Column<T> => ({
  name: '',
  title: titleOf(title),
  show: (row) => shown(column, row[column]),
});

const amountOf = <T extends { currency: string }>(column: keyof T & string): Column<T> => ({
  name: '',
  title: titleOf(column),
  show: (row) => money(String(row[column]), row.currency),
});

const LINKS: Column<Story<'message'>['links'][number]>[] = [
  traced('link_id'),
  text('link_key'),
  text('offer_name', 'offer'),
];

const EVENTS: Column<Story<'message'>['events'][number]>[] = [
  text('at', 'time'),
  text('state'),
  text('code'),
  text('provider'),
];

const CLICKS: Column<Click>[] = [
  traced('click_id'),
  text('clicked_at', 'time'),
  text('verdict'),
  text('bot_reasons', 'reasons'),
  text('is_first', 'first'),
  text('rule'),
  text('is_test', 'test'),
];

const REFUSED: Column<RefusedTap>[] = [
  text('tapped_at', 'time'),
  traced('link_id'),
  text('reason'),
  text('status', 'answer'),
  text('location', 'led_to'),
  text('cap'),
  text('verdict'),
  text('is_test', 'test'),
];

const MESSAGES: Column<Story<'contact'>['messages'][number]>[] = [
  traced('message_id'),
  text('sent_at', 'sent'),
  text('campaign_id', 'campaign'),
  text('variant_id', 'variant'),
  text('creative_id', 'creative'),
  text('is_test', 'test'),
];

const AUDIENCES: Column<Story<'contact'>['audiences'][number]>[] = [text('name'), text('audience_id', 'id')];
const CONVERSIONS: Column<Conversion>[] = [
  traced('conversion_id'),
  text('event'),
  text('status'),
  text('reason'),
  amountOf('revenue'),
];

const TRANSACTION: Column<Conversion>[] = [
  traced('conversion_id'),
  text('event'),
  text('status'),
  text('reason'),
  amountOf('amount'),
];

const CANDIDATES: Column<Story<'conversion'>['candidates'][number]>[] = [
  traced('click_id'),
  traced('message_id'),
  text('clicked_at', 'time'),
  { name: '', title: titleOf('has_it'), show: (row) => (row.chosen ? t.shared.yes : t.shared.no) },
  { name: '', title: titleOf('why_not'), show: (row) => row.why_not?.replaceAll('_', ' ') ?? '–' },
];

const REPORTS: Column<Story<'click'>['reports'][number]>[] = [text('report'), text('counts_as', 'counts_as')];
const HISTORY: Column<Story<'conversion'>['history'][number]>[] = [
  text('booked_at', 'time'),
  text('sign'),
  text('status'),
  text('reason'),
  amountOf('revenue'),
];

/** Fields of a conversion in its currency. */
const MONEY = new Set(['amount', 'revenue', 'payout', 'view_revenue']);

/** Names and values, one below the other; ids are links. */
function Facts({ facts }: { facts: object }): JSX.Element {
  const currency = 'currency' in facts ? String(facts.currency) : '';
  const rows = Object.entries(facts).filter(
    ([, value]) => value !== '' && value !== null && value !== undefined,
  );
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{titleOf(name)}</dt>
          <dd>{MONEY.has(name) ? money(String(value), currency) : shown(name, value)}</dd>
        </div>
      ))}
    </dl>
  );
}

const linkTo = (href: string, text: string): JSX.Element => <a href={href}>{text}</a>;
const traceOf = (id: string): JSX.Element => linkTo(`/trace?id=${encodeURIComponent(id)}`, id);

/** A value in the form that its name implies: a time, yes or no, or an id with a link. */
function shown(name: string, value: unknown): ReactNode {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.map(plain).join(', ') || '–';
  if (typeof value === 'object') return <code>{plain(value)}</code>;
  if (/^is_/.test(name)) return value === true || value === 1 ? t.shared.yes : t.shared.no;
  return shownText(name, String(value));
}

function shownText(name: string, text: string): ReactNode {
  if (/(^|_)at$/.test(name)) return time(text);
  if (/^(link|message|click|contact)_id$/.test(name) || /^first_click_id/.test(name)) return traceOf(text);
  if (/^(planned_)?(campaign|offer|creative)_id$/.test(name)) {
    return linkTo(`/${name.replace('planned_', '').replace('_id', 's')}/${encodeURIComponent(text)}`, text);
  }
  return text;
}

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
