/** Clicks and conversions as they reach the reports, filtered by the URL. */
import type { ChangeEvent, JSX } from 'react';
import { money, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { type LiveClick, type LiveConversion, useLive } from '../use-live.ts';

const FILTERS = ['campaign_id', 'offer_id', 'message_id', 'contact_id'] as const;
const traced = (id: string): JSX.Element => <a href={`/trace?id=${encodeURIComponent(id)}`}>{id}</a>;
const CLICK_COLUMNS: Column<LiveClick>[] = [
  { name: '', title: t.live.time, show: (row) => time(row.clicked_at) },
  { name: '', title: t.live.click, show: (row) => traced(row.id) },
  { name: '', title: t.live.contact, show: (row) => row.contact_id },
  { name: '', title: t.live.link, show: (row) => traced(row.link_id) },
  { name: '', title: t.live.country, show: (row) => row.country || '–' },
  {
    name: '',
    title: t.live.verdict,
    show: (row) => (
      <span className={row.verdict === 'bot' ? 'tag bot' : 'tag'}>
        {row.verdict}
        {row.is_first === 1 ? t.live.first : ''}
      </span>
    ),
  },
  { name: '', title: t.live.reasons, show: (row) => row.bot_reasons.join(', ') || '–' },
];

const CONVERSION_COLUMNS: Column<LiveConversion>[] = [
  { name: '', title: t.live.received, show: (row) => time(row.received_at) },
  { name: '', title: t.live.conversion, show: (row) => traced(row.conversion_id) },
  { name: '', title: t.live.event, show: (row) => row.event },
  { name: '', title: t.live.status, show: (row) => [row.status, row.reason].filter(Boolean).join(': ') },
  { name: '', title: t.shared.revenue, number: true, show: (row) => money(row.revenue, row.currency) },
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
  return (
    <div>
      <Title text={t.pages.live}>
        <span className={live.connected ? 'live on' : 'live'} />
      </Title>
      <p className="muted">{live.connected ? t.live.connected : t.live.connecting}</p>
      <Filters place={place} />
      <h2>{t.live.clicks}</h2>
      {clicks.length === 0 ? (
        <Empty>{t.live.no_click}</Empty>
      ) : (
        <Table caption={t.live.clicks_caption} columns={CLICK_COLUMNS} rows={clicks} />
      )}
      <h2>{t.shared.conversions}</h2>
      {conversions.length === 0 ? (
        <Empty>{t.live.no_conversion}</Empty>
      ) : (
        <Table caption={t.live.conversions_caption} columns={CONVERSION_COLUMNS} rows={conversions} />
      )}
    </div>
  );
}

function Filters({ place }: { place: Place }): JSX.Element {
  const set = (name: string) => (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
    go(withQuery(place, { [name]: event.target.value.trim() }), true);
  return (
    <div className="tools">
      <label>
        {`${t.live.verdict} `}
        <select value={place.query['verdict'] ?? ''} onChange={set('verdict')}>
          <option value="">{t.live.all}</option>
          <option value="human">{t.live.human}</option>
          <option value="bot">{t.live.bot}</option>
        </select>
      </label>
      {FILTERS.map((name) => (
        <label key={name}>
          {t.live[name]}
          <input value={place.query[name] ?? ''} placeholder={t.live.all} onChange={set(name)} />
        </label>
      ))}
    </div>
  );
}
