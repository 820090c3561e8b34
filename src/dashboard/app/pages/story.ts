/** The story of a link, message, click or conversion: its data, its results, and the reports that count it. */
import { type ComponentChildren, h, type JSX } from 'preact';
import type { Click, Conversion, Totals } from '../../../client/openapi.ts';
import type { AnswerOf } from '../api.ts';
import { count, money, time } from '../format.ts';
import { Cards, cardsOf } from '../parts/cards.ts';
import { Answered, Empty } from '../parts/states.ts';
import { type Column, Table } from '../parts/table.ts';
import { useAnswer } from '../use-answer.ts';

export type StoryKind = 'link' | 'message' | 'click' | 'conversion';
type Story<Kind extends StoryKind> = AnswerOf<`/v2/${Kind}s/{id}`>;

export function StoryOf({ kind, id }: { kind: StoryKind; id: string }): JSX.Element {
  const answer = useAnswer(`/v2/${kind}s/{id}`, { id });
  const show = STORIES[kind] as (story: Story<StoryKind>) => ComponentChildren[];
  return h(Answered<Story<StoryKind>>, {
    answer,
    show: (story) => h('div', { class: 'story' }, h('h2', {}, `This ${kind}`), show(story)),
  });
}

const STORIES: { [Kind in StoryKind]: (story: Story<Kind>) => ComponentChildren[] } = {
  link: ({ link, totals, clicks, conversions }) => [
    h(Facts, { facts: link }),
    ...allTime(totals),
    ...list('Clicks', CLICKS, clicks),
    ...list('Conversions', CONVERSIONS, conversions),
  ],
  message: ({ message, totals, links, clicks, conversions }) => [
    h(Facts, { facts: message }),
    ...allTime(totals),
    ...list('Links', LINKS, links),
    ...list('Clicks', CLICKS, clicks),
    ...list('Conversions', CONVERSIONS, conversions),
  ],
  click: ({ click, first_click, names, conversions, reports }) => [
    h(Facts, { facts: click }),
    h('h2', {}, 'First click'),
    h(Facts, { facts: first_click }),
    h('h2', {}, 'Names'),
    h(Facts, { facts: names }),
    ...list('Conversions', CONVERSIONS, conversions),
    ...list('Where it counts', REPORTS, reports),
  ],
  conversion: ({ conversion, explanation, transaction, history }) => [
    h('p', { class: 'verdict' }, explanation),
    h(Facts, { facts: conversion }),
    ...list('Its transaction', TRANSACTION, transaction),
    ...list('How it was booked', HISTORY, history),
  ],
};

const allTime = (totals: Totals): JSX.Element[] => [
  h('h2', {}, 'All time'),
  h(Cards, { label: 'All time', cards: cardsOf(totals) }),
];

const list = <T>(title: string, columns: Column<T>[], rows: readonly T[]): JSX.Element[] => [
  h('h2', {}, `${title} (${count(rows.length)})`),
  rows.length === 0 ? h(Empty, {}, 'None.') : h(Table<T>, { caption: title, columns, rows }),
];

const traced = <T>(column: keyof T & string): Column<T> => ({
  name: '',
  title: column.replace(/_id$/, '').replaceAll('_', ' '),
  show: (row) => traceOf(String(row[column])),
});
const text = <T>(column: keyof T & string, title = column.replaceAll('_', ' ')): Column<T> => ({
  name: '',
  title,
  show: (row) => shown(column, row[column]),
});

const LINKS: Column<Story<'message'>['links'][number]>[] = [
  traced('link_id'),
  text('link_key'),
  text('offer_name', 'offer'),
];
const CLICKS: Column<Click>[] = [
  traced('click_id'),
  text('clicked_at', 'time'),
  text('verdict'),
  text('bot_reasons', 'reasons'),
  text('is_first', 'first'),
];
const CONVERSIONS: Column<Conversion>[] = [
  traced('conversion_id'),
  text('event'),
  text('status'),
  text('reason'),
  text('revenue'),
];
const TRANSACTION: Column<Conversion>[] = [
  traced('conversion_id'),
  text('event'),
  text('status'),
  text('reason'),
  text('amount'),
];
const REPORTS: Column<Story<'click'>['reports'][number]>[] = [text('report'), text('counts_as', 'counts as')];
const HISTORY: Column<Story<'conversion'>['history'][number]>[] = [
  text('booked_at', 'time'),
  text('sign'),
  text('status'),
  text('reason'),
  text('revenue'),
];

/** Names and values, one below the other; ids are links. */
function Facts({ facts }: { facts: object }): JSX.Element {
  const rows = Object.entries(facts).filter(
    ([, value]) => value !== '' && value !== null && value !== undefined,
  );
  return h(
    'dl',
    { class: 'facts' },
    rows.map(([name, value]) =>
      h('div', { key: name }, h('dt', {}, name.replaceAll('_', ' ')), h('dd', {}, shown(name, value))),
    ),
  );
}

const linkTo = (href: string, text: string): JSX.Element => h('a', { href }, text);
const traceOf = (id: string): JSX.Element => linkTo(`/trace?id=${encodeURIComponent(id)}`, id);

/** A value in the form that its name implies: a time, yes or no, money, or an id with a link. */
function shown(name: string, value: unknown): ComponentChildren {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.map(plain).join(', ') || '–';
  if (typeof value === 'object') return h('code', {}, plain(value));
  if (/^is_/.test(name)) return value === true || value === 1 ? 'yes' : 'no';
  return shownText(name, String(value));
}

function shownText(name: string, text: string): ComponentChildren {
  if (/_at$/.test(name)) return time(text);
  if (name === 'revenue' || name === 'payout') return money(text, null);
  if (/^(link|message|click)_id$/.test(name) || /^first_click_id/.test(name)) return traceOf(text);
  if (/^(campaign|offer|creative)_id$/.test(name)) {
    return linkTo(`/${name.replace('_id', 's')}/${encodeURIComponent(text)}`, text);
  }
  return text;
}

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
