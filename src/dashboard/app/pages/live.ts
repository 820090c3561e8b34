/** Clicks and conversions as they reach the reports, filtered by the URL. */
import { h, type JSX } from 'preact';
import { money, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Empty } from '../parts/states.ts';
import { type Column, Table } from '../parts/table.ts';
import { type LiveClick, type LiveConversion, useLive } from '../use-live.ts';

const FILTERS = ['campaign_id', 'offer_id', 'message_id', 'contact_id'] as const;

const traced = (id: string): JSX.Element => h('a', { href: `/trace?id=${encodeURIComponent(id)}` }, id);

const CLICK_COLUMNS: Column<LiveClick>[] = [
  { name: '', title: 'Time', show: (row) => time(row.clicked_at) },
  { name: '', title: 'Click', show: (row) => traced(row.id) },
  { name: '', title: 'Contact', show: (row) => row.contact_id },
  { name: '', title: 'Link', show: (row) => traced(row.link_id) },
  { name: '', title: 'Country', show: (row) => row.country || '–' },
  {
    name: '',
    title: 'Verdict',
    show: (row) =>
      h(
        'span',
        { class: row.verdict === 'bot' ? 'tag bot' : 'tag' },
        row.verdict,
        row.is_first === 1 ? ', first' : '',
      ),
  },
  { name: '', title: 'Reasons', show: (row) => row.bot_reasons.join(', ') || '–' },
];

const CONVERSION_COLUMNS: Column<LiveConversion>[] = [
  { name: '', title: 'Received', show: (row) => time(row.received_at) },
  { name: '', title: 'Conversion', show: (row) => traced(row.conversion_id) },
  { name: '', title: 'Event', show: (row) => row.event },
  { name: '', title: 'Status', show: (row) => [row.status, row.reason].filter(Boolean).join(': ') },
  { name: '', title: 'Revenue', number: true, show: (row) => money(row.revenue, row.currency) },
];

export function LivePage(): JSX.Element {
  const place = usePlace();
  const live = useLive();
  const { query } = place;
  const verdict = query['verdict'];
  const wanted = (row: Record<(typeof FILTERS)[number], string>): boolean =>
    FILTERS.every((name) => !query[name] || row[name] === query[name]);
  const clicks = live.clicks.filter((row) => wanted(row) && (!verdict || row.verdict === verdict));
  const conversions = live.conversions.filter(wanted);
  return h(
    'div',
    {},
    h('h1', {}, 'Live ', h('span', { class: live.connected ? 'live on' : 'live' })),
    h(
      'p',
      { class: 'muted' },
      live.connected
        ? 'Clicks and conversions show here as they reach the reports.'
        : 'Waiting for the connection …',
    ),
    h(Filters, { place }),
    h('h2', {}, 'Clicks'),
    clicks.length === 0
      ? h(Empty, {}, 'No click since this page was opened.')
      : h(Table<LiveClick>, { caption: 'Clicks, newest first', columns: CLICK_COLUMNS, rows: clicks }),
    h('h2', {}, 'Conversions'),
    conversions.length === 0
      ? h(Empty, {}, 'No conversion since this page was opened.')
      : h(Table<LiveConversion>, {
          caption: 'Conversions, newest first',
          columns: CONVERSION_COLUMNS,
          rows: conversions,
        }),
  );
}

function Filters({ place }: { place: Place }): JSX.Element {
  const set = (name: string) => (event: Event) =>
    go(withQuery(place, { [name]: (event.target as HTMLInputElement).value.trim() }), true);
  return h(
    'div',
    { class: 'tools' },
    h(
      'label',
      {},
      'Verdict ',
      h(
        'select',
        { value: place.query['verdict'] ?? '', onChange: set('verdict') },
        h('option', { value: '' }, 'all'),
        h('option', { value: 'human' }, 'human'),
        h('option', { value: 'bot' }, 'bot'),
      ),
    ),
    FILTERS.map((name) =>
      h(
        'label',
        { key: name },
        `${name.replace('_id', '')} `,
        h('input', { value: place.query[name] ?? '', placeholder: 'all', onChange: set(name) }),
      ),
    ),
  );
}
