/** Webhooks and postbacks of the account: how each does, and a new one, whose secret is shown once. */
import { type JSX, useState } from 'react';
import { type AnswerOf, send } from '../api.ts';
import { count, time } from '../format.ts';
import { notify } from '../parts/notify.ts';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { WebhookForm } from '../parts/webhook-form.tsx';
import { SecretNotice, WebhookStatus } from '../parts/webhook-status.tsx';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';

type Webhook = AnswerOf<'/v2/webhooks'>['webhooks'][number];
interface Made {
  name: string;
  secret: string | null;
}

/** Often enough to see what becomes of a delivery. */
const LOOK_EVERY_MS = 10_000;

export function WebhooksPage({ may_change }: { may_change: boolean }): JSX.Element {
  const answer = useAnswer('/v2/webhooks', {}, { every_ms: LOOK_EVERY_MS });
  return (
    <div>
      <Title text={t.pages.webhooks} />
      <p className="muted">{t.webhooks.about}</p>
      <Answered
        answer={answer}
        show={({ webhooks }) =>
          webhooks.length === 0 ? (
            <Empty>{t.webhooks.none}</Empty>
          ) : (
            <Table
              caption={t.pages.webhooks}
              stacked
              columns={COLUMNS}
              rows={webhooks}
              id={({ webhook_id }) => webhook_id}
            />
          )
        }
      />
      {may_change && <NewWebhook />}
    </div>
  );
}

const COLUMNS: Column<Webhook>[] = [
  {
    name: '',
    title: t.make.name,
    show: ({ webhook_id, name }) => <a href={`/webhooks/${webhook_id}`}>{name}</a>,
  },
  {
    name: '',
    title: t.webhooks.host,
    show: ({ host, template }) => (template === null ? host : `${host} (${template.preset})`),
  },
  { name: '', title: t.webhooks.events, show: ({ events }) => events.join(', ') },
  { name: '', title: t.webhooks.state, show: (webhook) => <WebhookStatus of={webhook} /> },
  {
    name: '',
    title: t.webhooks.last,
    show: ({ state }) => {
      if (state === null) return t.webhooks.unknown;
      return state.last_delivered_at === null ? t.webhooks.never : time(state.last_delivered_at, 'short');
    },
  },
  {
    name: '',
    title: t.webhooks.waiting,
    number: true,
    show: ({ state }) => (state === null ? '–' : count(state.waiting)),
  },
];

function NewWebhook(): JSX.Element {
  const options = useAnswer('/v2/webhooks/options', {});
  const [made, setMade] = useState<Made>();
  return (
    <section>
      {made !== undefined && made.secret !== null && <SecretNotice name={made.name} secret={made.secret} />}
      <h2>{t.webhooks.new}</h2>
      <Answered
        answer={options}
        show={(value) => (
          <WebhookForm
            options={value}
            button={t.webhooks.make}
            submit={async (body) => {
              const answer = await send<Made>('POST', '/v2/webhooks', body);
              setMade(answer);
              void queries.invalidateQueries();
              notify({ text: t.webhooks.made(answer.name) });
            }}
          />
        )}
      />
    </section>
  );
}
