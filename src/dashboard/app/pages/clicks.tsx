/** Single clicks of a range, newest first, filtered by the address: what stands behind a number of the other pages. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, span, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Chip } from '../parts/chip.tsx';
import { ItemFilters, itemFiltersOf } from '../parts/item-filters.tsx';
import { RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { regionOf } from '../regions.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Click = AnswerOf<'/v2/clicks'>['clicks'][number];
/** Shown as chips; what was sent has its own lists, and the verdict too. */
const CHIPS = [
  'kind',
  'reason',
  'delay',
  'country',
  'network',
  'domain',
  'device',
  'os',
  'browser',
  'in_app',
] as const;
const SHOWN = 50;
/** The most that the API gives at once. */
const SHOWN_MAX = 1_000;

const COLUMNS: Column<Click>[] = [
  {
    name: '',
    title: t.clicks.time,
    show: (row) => (
      <a className="clip" href={`/trace?id=${encodeURIComponent(row.click_id)}`}>
        {time(row.clicked_at, 'short')}
      </a>
    ),
  },
  { name: '', title: t.clicks.after, number: true, show: afterSend },
  {
    name: '',
    title: t.clicks.verdict,
    show: (row) => (
      <span className={row.verdict === 'bot' ? 'tag bot' : 'tag'}>
        {row.verdict === 'bot' ? t.clicks.bot : t.clicks.human}
        {row.is_first ? t.clicks.first : ''}
      </span>
    ),
  },
  {
    name: '',
    title: t.clicks.reasons,
    show: (row) => row.bot_reasons.map((reason) => t.bots.reasons[reason]?.[0] ?? reason).join(', ') || '–',
  },
  { name: '', title: t.clicks.place, show: (row) => placeOf(row) },
  { name: '', title: t.clicks.agent, show: (row) => agentOf(row) },
  { name: '', title: t.clicks.contact, show: (row) => <span className="clip">{row.contact_id || '–'}</span> },
];

/** From the send to the click; of a link outside a message there is no send. */
function afterSend({ message_id, sent_at, clicked_at }: Click): string {
  if (message_id === '') return '–';
  const after_ms = Date.parse(clicked_at) - Date.parse(sent_at);
  return after_ms < 0 ? t.clicks.before_send : span(Math.floor(after_ms / 1_000) * 1_000);
}

/** In full where the pointer is; the story of the click has it too. */
const agentOf = ({ user_agent }: Click): JSX.Element => (
  <span className="clip" title={user_agent}>
    {user_agent || '–'}
  </span>
);

const placeOf = ({ country, asn }: Click): string =>
  [country && regionOf(country), asn !== 0 && `AS${asn}`].filter(Boolean).join(', ') || '–';

export function ClicksPage(): JSX.Element {
  const place = usePlace();
  const { query } = place;
  const given = CHIPS.flatMap((name): [string, string][] => (query[name] ? [[name, query[name]]] : []));
  const answer = useAnswer('/v2/clicks', {
    ...rangeOf(place),
    ...itemFiltersOf(place),
    ...Object.fromEntries(given),
    verdict: query['verdict'],
    limit: query['limit'] ?? SHOWN,
  });
  return (
    <div>
      <Title text={t.pages.clicks} />
      <p className="muted">{t.clicks.about}</p>
      <RangePicker place={place} />
      <ItemFilters place={place} />
      <div className="tools">
        <Verdict place={place} />
        {given.map(([name, value]) => (
          <Chip
            key={name}
            place={place}
            name={name}
            text={`${t.clicks.by[name] ?? name}: ${filterText(name, value)}`}
          />
        ))}
      </div>
      <Answered
        answer={answer}
        show={({ clicks, more }) =>
          clicks.length === 0 ? (
            <Empty>{t.clicks.none}</Empty>
          ) : (
            <div>
              <Table caption={t.pages.clicks} columns={COLUMNS} rows={clicks} stacked />
              {more && <More place={place} shown={clicks.length} />}
            </div>
          )
        }
      />
    </div>
  );
}

function Verdict({ place }: { place: Place }): JSX.Element {
  return (
    <label>
      {`${t.clicks.verdict} `}
      <select
        value={place.query['verdict'] ?? ''}
        onChange={(event) => go(withQuery(place, { verdict: event.target.value }))}
      >
        <option value="">{t.filters.all}</option>
        <option value="human">{t.clicks.human}</option>
        <option value="bot">{t.clicks.bot}</option>
      </select>
    </label>
  );
}

function More({ place, shown }: { place: Place; shown: number }): JSX.Element {
  if (shown >= SHOWN_MAX) return <p className="note">{t.clicks.newest(count(shown))}</p>;
  return (
    <p>
      <button type="button" onClick={() => go(withQuery(place, { limit: String(SHOWN_MAX) }), true)}>
        {t.clicks.more}
      </button>
    </p>
  );
}

function filterText(name: string, value: string): string {
  if (value === 'none') return t.breakdown.unknown;
  if (name === 'reason') return t.bots.reasons[value]?.[0] ?? value;
  if (name === 'kind') return t.bots.kinds[value] ?? value;
  if (name === 'country') return regionOf(value);
  if (name === 'network') return `AS${value}`;
  return name === 'delay' ? t.delays.step(value) : value;
}
