/**
 * What was sent to a webhook: searched by what the address says, every try and the payload of one on request, and sent
 * again one by one or by a range of time.
 */
import { type JSX, useState } from 'react';
import { type AnswerOf, send } from '../api.ts';
import type { Values } from '../drafts.ts';
import { count, time, timeZone } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';
import { instantOf } from '../zone-time.ts';
import { Field, Form } from './form.tsx';
import { notify } from './notify.ts';
import { Answered, Empty } from './states.tsx';
import { type Column, Pages, Table } from './table.tsx';

type List = AnswerOf<'/v2/webhooks/{webhook_id}/deliveries'>;
type Delivery = List['deliveries'][number];
type Told = AnswerOf<'/v2/webhooks/{webhook_id}/deliveries/{message_id}'>;
type Attempt = Told['tries'][number];

const LOOK_EVERY_MS = 10_000;
const PER_PAGE = 25;
const STATES = ['waiting', 'again', 'delivered', 'failed', 'ended'] as const;
const TONES: Record<Delivery['state'], string> = {
  waiting: '',
  again: 'warn',
  delivered: 'good',
  failed: 'bad',
  ended: 'bad',
};

export function Deliveries({
  webhook_id,
  events,
  may_change,
}: {
  webhook_id: string;
  events: readonly string[];
  may_change: boolean;
}): JSX.Element {
  const place = usePlace();
  const { state, type, id, page = '1' } = place.query;
  const answer = useAnswer(
    '/v2/webhooks/{webhook_id}/deliveries',
    { webhook_id, state, type, id, page, per_page: PER_PAGE },
    { every_ms: LOOK_EVERY_MS },
  );
  const [shown, setShown] = useState('');
  return (
    <section>
      <h2>{t.webhooks.deliveries}</h2>
      <p className="muted">{t.webhooks.deliveries_about}</p>
      <Search place={place} events={events} />
      <Answered
        answer={answer}
        show={({ deliveries, total, page: at, per_page }) =>
          deliveries.length === 0 ? (
            <Empty>{t.webhooks.deliveries_none}</Empty>
          ) : (
            <>
              <Table
                caption={t.webhooks.deliveries}
                stacked
                columns={columnsOf(webhook_id, may_change, shown, setShown)}
                rows={deliveries}
                id={({ message_id }) => message_id}
              />
              <Pages place={place} page={at} per_page={per_page} total={total} />
            </>
          )
        }
      />
      {may_change && <ReplayRange webhook_id={webhook_id} />}
    </section>
  );
}

function Search({ place, events }: { place: Place; events: readonly string[] }): JSX.Element {
  const { state = '', type = '', id = '' } = place.query;
  const choose = (name: string) => (event: { currentTarget: { value: string } }) =>
    go(withQuery(place, { [name]: event.currentTarget.value }));
  return (
    <form
      className="tools"
      onSubmit={(event) => {
        event.preventDefault();
        go(withQuery(place, { id: String(new FormData(event.currentTarget).get('id') ?? '').trim() }));
      }}
    >
      <label>
        {`${t.webhooks.state} `}
        <select value={state} onInput={choose('state')}>
          <option value="">{t.webhooks.every}</option>
          {STATES.map((one) => (
            <option key={one} value={one}>
              {t.webhooks.states[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {`${t.webhooks.type} `}
        <select value={type} onInput={choose('type')}>
          <option value="">{t.webhooks.every}</option>
          {events.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label>
        {`${t.webhooks.find} `}
        <input type="search" name="id" defaultValue={id} key={id} />
      </label>
      <button type="submit">{t.webhooks.search}</button>
    </form>
  );
}

function columnsOf(
  webhook_id: string,
  may_change: boolean,
  shown: string,
  show: (message_id: string) => void,
): Column<Delivery>[] {
  const columns: Column<Delivery>[] = [
    { name: '', title: t.webhooks.number, number: true, show: ({ sequence }) => count(sequence) },
    {
      name: '',
      title: t.webhooks.message,
      show: ({ message_id, happened_at }) => (
        <div>
          <code className="id">{message_id}</code>
          <div className="note">{time(happened_at, 'short')}</div>
        </div>
      ),
    },
    {
      name: '',
      title: t.webhooks.what,
      show: ({ events, types }) =>
        `${types.join(', ')}${events === 1 ? '' : ` (${t.webhooks.many(events, count(events))})`}`,
    },
    { name: '', title: t.webhooks.state, show: stateOf },
    {
      name: '',
      title: t.webhooks.tries,
      show: ({ message_id, attempts }) => (
        <div>
          <button
            type="button"
            aria-expanded={shown === message_id}
            aria-label={t.webhooks.tries_of(count(attempts), message_id)}
            onClick={() => show(shown === message_id ? '' : message_id)}
          >
            {count(attempts)}
          </button>
          {shown === message_id && <Tries webhook_id={webhook_id} message_id={message_id} />}
        </div>
      ),
    },
  ];
  return may_change
    ? [
        ...columns,
        {
          name: '',
          title: t.members.actions,
          show: ({ message_id }) => (
            <button
              type="button"
              aria-label={t.webhooks.replay_of(message_id)}
              onClick={() =>
                void replay(webhook_id, { ids: [message_id] }).catch(({ message }: Error) =>
                  notify({ text: message }),
                )
              }
            >
              {t.webhooks.replay}
            </button>
          ),
        },
      ]
    : columns;
}

function stateOf({ state, last, next_at }: Delivery): JSX.Element {
  return (
    <div>
      <span className={`state ${TONES[state]}`}>{t.webhooks.states[state]}</span>
      {state !== 'delivered' && last !== null && last.error !== '' && <p className="error">{last.error}</p>}
      {next_at !== null && <div className="note">{t.webhooks.next_at(time(next_at, 'short'))}</div>}
    </div>
  );
}

function Tries({ webhook_id, message_id }: { webhook_id: string; message_id: string }): JSX.Element {
  const answer = useAnswer('/v2/webhooks/{webhook_id}/deliveries/{message_id}', { webhook_id, message_id });
  return (
    <Answered
      answer={answer}
      show={({ tries, payload, events }) => (
        <>
          <ul className="plain">
            {tries.map((one) => (
              <li key={`${one.at} ${one.n}`}>{tryOf(one)}</li>
            ))}
          </ul>
          <Payload events={events} payload={payload} />
        </>
      )}
    />
  );
}

function Payload({ events, payload }: Pick<Told, 'events' | 'payload'>): JSX.Element {
  if (payload.length === 0) return <p className="note">{t.webhooks.payload_gone}</p>;
  return (
    <details>
      <summary>{t.webhooks.payload}</summary>
      {payload.length < events && (
        <p className="note">{t.webhooks.payload_part(count(payload.length), count(events))}</p>
      )}
      <pre className="raw">
        <code>{payload.map((one) => JSON.stringify(one, null, 2)).join('\n')}</code>
      </pre>
    </details>
  );
}

function tryOf({ at, status, duration_ms, error, outcome, replay: of }: Attempt): string {
  const said = [
    time(at),
    status === 0 ? '' : String(status),
    `${count(duration_ms)} ms`,
    t.webhooks.states[outcome] ?? outcome,
    error,
    of,
  ];
  return said.filter((part) => part !== '').join(' · ');
}

/** Throws ApiFailure. */
async function replay(webhook_id: string, body: object): Promise<void> {
  const { messages } = await send<{ messages: number }>('POST', `/v2/webhooks/${webhook_id}/replay`, body);
  void queries.invalidateQueries();
  notify({ text: t.webhooks.replayed(messages, count(messages)) });
}

function ReplayRange({ webhook_id }: { webhook_id: string }): JSX.Element {
  return (
    <details>
      <summary>{t.webhooks.replay_range}</summary>
      <p className="note">{t.webhooks.replay_about}</p>
      <Form
        button={t.webhooks.replay}
        quiet
        submit={({ from = '', to = '' }: Values) =>
          replay(webhook_id, { from: instantOf(from, timeZone()), to: instantOf(to, timeZone()) })
        }
      >
        <Field
          name="from"
          label={t.webhooks.from}
          type="datetime-local"
          help={t.webhooks.in_zone(timeZone())}
        />
        <Field name="to" label={t.webhooks.to} type="datetime-local" help={t.webhooks.in_zone(timeZone())} />
      </Form>
    </details>
  );
}
