/** Paste the id of anything, and read its whole story: what it is, what it led to, where it counts. */
import { type ComponentChildren, h, type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiFailure, ask } from '../api.ts';
import { count, money, time } from '../format.ts';
import { go, usePlace } from '../location.ts';
import { Cards, cardsOf } from '../parts/cards.ts';
import { Answered, Empty, Failed, Loading } from '../parts/states.ts';
import { type Column, Table } from '../parts/table.ts';
import type { Row, Totals } from '../types.ts';
import { useAnswer } from '../use-answer.ts';

export type StoryKind = 'link' | 'message' | 'click' | 'conversion';

const PATHS: Record<StoryKind, string> = {
  link: '/v2/links/',
  message: '/v2/messages/',
  click: '/v2/clicks/',
  conversion: '/v2/conversions/',
};

export function TracePage(): JSX.Element {
  const { query } = usePlace();
  const id = (query.id ?? '').trim();
  return h(
    'div',
    {},
    h('h1', {}, 'Trace'),
    h(
      'form',
      {
        role: 'search',
        class: 'trace',
        onSubmit: (event: Event) => {
          event.preventDefault();
          const text = String(new FormData(event.target as HTMLFormElement).get('id') ?? '').trim();
          go(`/trace?id=${encodeURIComponent(text)}`);
        },
      },
      h('label', { for: 'id' }, 'A link, or the id of a link, message, click, conversion or transaction'),
      h('input', { id: 'id', name: 'id', type: 'search', defaultValue: id, key: id, required: true }),
      h('button', { type: 'submit', class: 'main' }, 'Trace'),
    ),
    id === ''
      ? h(Empty, {}, 'Its story shows here: where it came from, how it was judged, what it earned.')
      : h(Found, { id, key: id }),
  );
}

/** What an id may be, the likeliest first. */
function guesses(text: string): [StoryKind, string][] {
  const id = /^https?:\/\/[^/]+\/([^/?#]+)/.exec(text)?.[1] ?? text;
  const kinds: StoryKind[] = [];
  if (/^[A-Za-z0-9]{7}$/.test(id)) kinds.push('link');
  if (/^[A-Za-z0-9]{29}$/.test(id)) kinds.push('click');
  if (id.startsWith('cnv_')) kinds.push('conversion');
  kinds.push('message');
  return kinds.map((kind) => [kind, id]);
}

function Found({ id }: { id: string }): JSX.Element {
  const [found, setFound] = useState<{ kind: StoryKind; id: string } | 'asking' | 'nothing' | Error>(
    'asking',
  );
  useEffect(() => {
    let gone = false;
    (async () => {
      for (const [kind, one] of guesses(id)) {
        try {
          await ask(PATHS[kind] + encodeURIComponent(one));
          return { kind, id: one };
        } catch (error) {
          if (!(error instanceof ApiFailure) || error.status !== 404) throw error;
        }
      }
      const { rows } = await ask<{ rows: Row[] }>('/v2/conversions', { txn_id: id, from: '2000-01-01' });
      const [first] = rows;
      return first === undefined
        ? 'nothing'
        : { kind: 'conversion' as const, id: String(first.conversion_id) };
    })().then(
      (result) => !gone && setFound(result),
      (error: Error) => !gone && setFound(error),
    );
    return () => {
      gone = true;
    };
  }, [id]);
  if (found === 'asking') return h(Loading, {});
  if (found === 'nothing')
    return h(Empty, {}, `Nothing in this account is called “${id}”. A new click is here within 2 seconds.`);
  if (found instanceof Error) return h(Failed, { error: found });
  return h(StoryOf, found);
}

type Story = Record<string, unknown>;

export function StoryOf({ kind, id }: { kind: StoryKind; id: string }): JSX.Element {
  const answer = useAnswer<Story>(PATHS[kind] + encodeURIComponent(id));
  return h(Answered<Story>, { answer, show: (story) => h('div', { class: 'story' }, partsOf(kind, story)) });
}

function partsOf(kind: StoryKind, story: Story): ComponentChildren[] {
  const subject = story[kind] as Row | undefined;
  const parts: ComponentChildren[] = [
    h('h2', {}, `This ${kind}`),
    typeof story.why === 'string' && h('p', { class: 'verdict' }, story.why),
    subject && h(Facts, { facts: subject }),
  ];
  for (const name of ['first_click', 'names', 'reports'] as const) {
    const facts = story[name];
    if (facts && typeof facts === 'object' && !Array.isArray(facts)) {
      parts.push(h('h2', {}, TITLES[name]), h(Facts, { facts: facts as Row }));
    }
  }
  if (story.totals)
    parts.push(
      h('h2', {}, 'All time'),
      h(Cards, { label: 'All time', cards: cardsOf(story.totals as Totals) }),
    );
  for (const [name, columns] of Object.entries(LISTS)) {
    const rows = story[name] as Row[] | undefined;
    if (!Array.isArray(rows)) continue;
    parts.push(h('h2', {}, `${TITLES[name] ?? name} (${count(rows.length)})`));
    parts.push(
      rows.length === 0
        ? h(Empty, {}, 'None.')
        : h(Table<Row>, { caption: TITLES[name] ?? name, columns, rows }),
    );
  }
  return parts;
}

const TITLES: Record<string, string> = {
  first_click: 'First click',
  names: 'Names',
  reports: 'Where it counts',
  links: 'Links',
  clicks: 'Clicks',
  conversions: 'Conversions',
  lines: 'Lines of the ledger',
  transaction: 'Its transaction',
};

const traced = (column: string): Column<Row> => ({
  name: '',
  title: column.replace(/_id$/, '').replaceAll('_', ' '),
  show: (row) =>
    h('a', { href: `/trace?id=${encodeURIComponent(String(row[column]))}` }, String(row[column])),
});
const text = (column: string, title = column.replaceAll('_', ' ')): Column<Row> => ({
  name: '',
  title,
  show: (row) => shown(column, row[column]),
});

const LISTS: Record<string, Column<Row>[]> = {
  links: [traced('link_id'), text('link_key'), text('offer_name', 'offer')],
  clicks: [
    traced('click_id'),
    text('clicked_at', 'time'),
    text('verdict'),
    text('bot_reasons', 'reasons'),
    text('is_first', 'first'),
  ],
  conversions: [traced('conversion_id'), text('event'), text('status'), text('reason'), text('revenue')],
  transaction: [traced('conversion_id'), text('event'), text('status'), text('reason'), text('amount')],
  lines: [text('booked_at', 'time'), text('sign'), text('status'), text('reason'), text('revenue')],
};

/** Names and values, one under the other; what has an id can be followed. */
function Facts({ facts }: { facts: Row }): JSX.Element {
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

function shown(name: string, value: unknown): ComponentChildren {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value))
    return (
      value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ') || '–'
    );
  if (typeof value === 'object') return h('code', {}, JSON.stringify(value));
  if (/_at$/.test(name)) return time(String(value));
  if (/^is_/.test(name)) return value === true || value === 1 ? 'yes' : 'no';
  if (name === 'revenue' || name === 'payout') return money(String(value), null);
  if (/^(link|message|click)_id$/.test(name) || /^first_click_id/.test(name)) {
    return h('a', { href: `/trace?id=${encodeURIComponent(String(value))}` }, String(value));
  }
  if (/^(campaign|offer|creative)_id$/.test(name)) {
    return h(
      'a',
      { href: `/${name.replace('_id', 's')}/${encodeURIComponent(String(value))}` },
      String(value),
    );
  }
  return String(value);
}
