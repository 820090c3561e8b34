/** Who is in an audience as it is built: how many, counted when the typing pauses, and a few of them with the reason. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { Condition, Definition } from '../../../audiences/definition.ts';
import { addressOf, send } from '../api.ts';
import { CHOSEN, EVENTS, type Event } from '../audience-rules.ts';
import { curlOf } from '../curl.ts';
import { count, money, time } from '../format.ts';
import { t } from '../strings/strings.ts';
import type { Answer } from '../use-answer.ts';
import { useSettled } from '../use-settled.ts';
import { Copy } from './copy.tsx';
import { useNames } from './picker.tsx';
import { Answered, Empty, Failed } from './states.tsx';
import { type Column, Table } from './table.tsx';

const TYPING_MS = 400;
const SAMPLE = 10;

interface Because {
  path: string;
  condition: Condition;
  observed: { count: number; revenue?: { amount: string; currency: string } };
  holds: boolean;
}
interface Contact {
  contact_id: string;
  sent: number;
  clicks: number;
  conversions: number;
  last_clicked_at: string;
  revenue: { currency: string; amount: string }[];
  because: Because[];
}

/** What a POST that only reads answers; a later one ends the one before. Without a body nothing is asked. */
function usePosted<T>(path: string, body: object | undefined): Answer<T> {
  const { data, error, isFetching, isPlaceholderData, isLoading, refetch } = useQuery({
    queryKey: [path, JSON.stringify(body)],
    queryFn: ({ signal }) => send<T>('POST', path, body, signal),
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
  });
  return {
    value: data,
    error: error === null || isFetching ? undefined : error,
    loading: isLoading || isPlaceholderData,
    again: () => void refetch(),
  };
}

/** `definition`: undefined while something of it is wrong. */
export function AudienceResult({ definition }: { definition: Definition | undefined }): JSX.Element {
  const text = useSettled(definition === undefined ? '' : JSON.stringify(definition), TYPING_MS);
  const asked = text === '' ? undefined : (JSON.parse(text) as Definition);
  const counted = usePosted<{ contacts: number; as_of: string }>(
    '/v2/audiences/count',
    asked && { definition: asked },
  );
  const sample = usePosted<{ contacts: Contact[] }>(
    '/v2/audiences/preview',
    asked && { definition: asked, limit: SAMPLE },
  );
  return (
    <div className="result">
      <div className="card" role="status" aria-busy={counted.loading}>
        {definition === undefined ? (
          <p>{t.audiences.unsound}</p>
        ) : (
          <Count counted={counted} waits={JSON.stringify(definition) !== text} />
        )}
      </div>
      {asked !== undefined && (
        <>
          <h2>{t.audiences.sample}</h2>
          <Answered
            answer={sample}
            show={({ contacts }) =>
              contacts.length === 0 ? <Empty>{t.audiences.nobody}</Empty> : <Sample contacts={contacts} />
            }
          />
          <AsJson definition={asked} />
        </>
      )}
    </div>
  );
}

function Count({
  counted: { value, error, loading, again },
  waits,
}: {
  counted: Answer<{ contacts: number; as_of: string }>;
  waits: boolean;
}): JSX.Element {
  if (error !== undefined) return <Failed error={error} again={again} />;
  if (value === undefined) return <p className="muted">{t.audiences.counting}</p>;
  return (
    <p className={loading || waits ? 'stale' : ''}>
      <strong className="big">{count(value.contacts)}</strong> {t.audiences.contacts(value.contacts)}
      <br />
      <span className="note">
        {loading || waits ? t.audiences.counting : t.audiences.as_of(time(value.as_of))}
      </span>
    </p>
  );
}

function Sample({ contacts }: { contacts: readonly Contact[] }): JSX.Element {
  const names = {
    campaign_id: useNames('campaigns'),
    offer_id: useNames('offers'),
    creative_id: useNames('creatives'),
  };
  /** What it says, in words: `clicked, Shoes, Spring`. */
  const wordsOf = ({ path, condition }: Because): string =>
    [
      t.audiences.events[eventIn(path)],
      ...CHOSEN.flatMap((name) => {
        const id = condition[name];
        return id === undefined ? [] : [names[name].get(id) ?? id];
      }),
      ...[condition.variant_id, condition.link_key, condition.link_id, condition.message_id].filter(Boolean),
    ].join(', ');
  const columns: Column<Contact>[] = [
    {
      name: '',
      title: t.audiences.contact,
      show: ({ contact_id }) => (
        <a href={addressOf('/trace', { id: contact_id })}>
          <code>{contact_id}</code>
        </a>
      ),
    },
    {
      name: '',
      title: t.audiences.why,
      show: ({ because }) => (
        <ul className="why-in">
          {because.map((one) => (
            <li key={one.path}>
              <span aria-hidden="true">{one.holds ? '✓' : '✗'}</span>
              <span className="hidden">{one.holds ? t.audiences.holds : t.audiences.fails}</span>
              {` ${wordsOf(one)}: ${t.audiences.times(one.observed.count, count(one.observed.count))}`}
              {one.observed.revenue !== undefined &&
                `, ${money(one.observed.revenue.amount, one.observed.revenue.currency)}`}
            </li>
          ))}
        </ul>
      ),
    },
    { name: '', title: t.audiences.did, show: didOf },
  ];
  return <Table caption={t.audiences.sample} columns={columns} rows={contacts} stacked />;
}

/** All that a contact did, in one line. */
const didOf = ({ sent, clicks, conversions, revenue, last_clicked_at }: Contact): string =>
  [
    t.audiences.sent(count(sent)),
    t.audiences.clicks(clicks, count(clicks)),
    t.audiences.conversions(conversions, count(conversions)),
    ...revenue.map(({ amount, currency }) => money(amount, currency)),
    ...(last_clicked_at === '' ? [] : [t.audiences.last_click(time(last_clicked_at, 'short'))]),
  ].join(', ');

const eventIn = (path: string): Event => EVENTS.find((event) => path.endsWith(event)) ?? 'clicked';

function AsJson({ definition }: { definition: Definition }): JSX.Element {
  const json = JSON.stringify(definition, null, 2);
  const curl = curlOf(`${location.origin}/v2/audiences/count`, { definition });
  return (
    <details>
      <summary>{t.audiences.as_json}</summary>
      <pre className="raw">
        <code>{json}</code>
      </pre>
      <div className="actions">
        <Copy text={json} what={t.audiences.the_json} />
      </div>
      <pre className="raw">
        <code>{curl}</code>
      </pre>
      <div className="actions">
        <Copy text={curl} what={t.audiences.the_curl} />
      </div>
    </details>
  );
}
