/** One webhook or postback: how it does and why it is paused, a test, its secret, what was sent to it, its settings. */
import { type JSX, useState } from 'react';
import { send } from '../api.ts';
import { count, time } from '../format.ts';
import { go } from '../location.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Deliveries } from '../parts/deliveries.tsx';
import { notify } from '../parts/notify.ts';
import { Answered } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { changesOf, RequestShown, type Webhook, WebhookForm } from '../parts/webhook-form.tsx';
import { SecretNotice, WebhookStatus } from '../parts/webhook-status.tsx';
import { change } from '../save.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';

const LOOK_EVERY_MS = 10_000;

interface Tested {
  delivered: boolean;
  status: number;
  duration_ms: number;
  error: string;
  answer: string;
  request: Parameters<typeof RequestShown>[0]['request'];
}

const refused = ({ message }: Error): void => notify({ text: message });

export function WebhookPage({ id, may_change }: { id: string; may_change: boolean }): JSX.Element {
  const answer = useAnswer('/v2/webhooks/{webhook_id}', { webhook_id: id }, { every_ms: LOOK_EVERY_MS });
  return (
    <div>
      <p className="crumbs">
        <a href="/webhooks">{t.pages.webhooks}</a>
      </p>
      <Title text={answer.value?.name ?? id} />
      <Answered
        answer={answer}
        show={(webhook) => (
          <>
            <State webhook={webhook} may_change={may_change} />
            {may_change && <Test webhook={webhook} />}
            {webhook.kind === 'webhook' && <Secret webhook={webhook} may_change={may_change} />}
            <Deliveries webhook_id={webhook.webhook_id} events={webhook.events} may_change={may_change} />
            {may_change && <Settings webhook={webhook} key={webhook.updated_at} />}
          </>
        )}
      />
    </div>
  );
}

function State({ webhook, may_change }: { webhook: Webhook; may_change: boolean }): JSX.Element {
  const { webhook_id, status, paused, state, host, url, events } = webhook;
  const set = (wanted: Webhook['status']): void =>
    void change<Pick<Webhook, 'status'>>(
      `/v2/webhooks/${webhook_id}`,
      { status },
      { status: wanted },
      t.edit.saved,
    ).catch(refused);
  return (
    <section aria-label={t.webhooks.state}>
      <p className="domain-title">
        <WebhookStatus of={webhook} />
        <span className="muted">{`${t.webhooks.host}: ${url ?? host}`}</span>
      </p>
      {paused !== null && (
        <p className="notice">
          {`${t.webhooks.paused_at(time(paused.at, 'short'))} ${t.webhooks.todo[paused.reason] ?? ''}`}
        </p>
      )}
      <p>{`${t.webhooks.events}: ${events.join(', ')}`}</p>
      <p className="muted">{state === null ? t.webhooks.unknown : figuresOf(state)}</p>
      {state?.last_attempt && state.last_attempt.error !== '' && (
        <p className="error">{state.last_attempt.error}</p>
      )}
      {!may_change && <p className="note">{t.webhooks.limited}</p>}
      {may_change && (
        <div className="actions">
          {status === 'active' ? (
            <button type="button" onClick={() => set('paused')}>
              {t.webhooks.pause}
            </button>
          ) : (
            <button type="button" className="main" onClick={() => set('active')}>
              {t.webhooks.resume}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function figuresOf({ waiting, last_delivered_at }: NonNullable<Webhook['state']>): string {
  const last = last_delivered_at === null ? t.webhooks.never : time(last_delivered_at, 'short');
  return `${t.webhooks.last}: ${last}. ${t.webhooks.waiting}: ${count(waiting)}.`;
}

function Test({ webhook }: { webhook: Webhook }): JSX.Element {
  const [tested, setTested] = useState<Tested>();
  const [busy, setBusy] = useState(false);
  const test = (): void => {
    setBusy(true);
    send<Tested>('POST', `/v2/webhooks/${webhook.webhook_id}/test`, {})
      .then(setTested, refused)
      .finally(() => setBusy(false));
  };
  return (
    <section>
      <h2>{t.webhooks.test}</h2>
      <p className="muted">{t.webhooks.test_about}</p>
      <button type="button" onClick={test} disabled={busy}>
        {t.webhooks.test}
      </button>
      <div role="status">{tested !== undefined && <TestResult tested={tested} />}</div>
    </section>
  );
}

function TestResult({ tested }: { tested: Tested }): JSX.Element {
  const { delivered, status, duration_ms, error, answer, request } = tested;
  const ms = count(duration_ms);
  return (
    <div>
      <p className={delivered ? 'notice' : 'notice bad'}>
        {delivered ? t.webhooks.tested(status, ms) : t.webhooks.not_tested(error, ms)}
      </p>
      <RequestShown request={request} />
      {answer !== '' && (
        <>
          <p className="note">{t.webhooks.answer}</p>
          <pre className="raw">
            <code>{answer}</code>
          </pre>
        </>
      )}
    </div>
  );
}

function Secret({ webhook, may_change }: { webhook: Webhook; may_change: boolean }): JSX.Element {
  const [fresh, setFresh] = useState<string>();
  const [current, ...old] = webhook.secrets;
  const rotate = (): void =>
    void send<AnswerOfRotate>('POST', `/v2/webhooks/${webhook.webhook_id}/rotate`).then(({ secret }) => {
      setFresh(secret);
      void queries.invalidateQueries();
    }, refused);
  const ends = old
    .map(({ expires_at }) => expires_at)
    .find((at) => at !== null && Date.parse(at) > Date.now());
  return (
    <section>
      <h2>{t.webhooks.secret}</h2>
      <p className="muted">
        {current !== undefined && t.webhooks.secret_made(time(current.created_at, 'short'))}
        {ends && ` ${t.webhooks.secret_old(time(ends, 'short'))}`}
      </p>
      {fresh !== undefined && <SecretNotice name={webhook.name} secret={fresh} />}
      {may_change && (
        <Confirm
          button={t.webhooks.rotate}
          label={t.webhooks.rotate}
          question={t.webhooks.rotate_ask}
          confirmed={rotate}
        />
      )}
    </section>
  );
}

interface AnswerOfRotate {
  secret: string;
}

function Settings({ webhook }: { webhook: Webhook }): JSX.Element {
  const { webhook_id, name } = webhook;
  const options = useAnswer('/v2/webhooks/options', {});
  const save = async (body: object): Promise<void> => {
    const changes = changesOf(webhook, body);
    const address = `/v2/webhooks/${webhook_id}`;
    if ('template' in changes) {
      // What its headers were is not known here, so there is nothing to put back.
      await send('PATCH', address, changes);
      void queries.invalidateQueries();
      notify({ text: t.edit.saved });
    } else await change<Webhook>(address, webhook, changes as Partial<Webhook>, t.edit.saved);
  };
  return (
    <section>
      <h2>{t.webhooks.change}</h2>
      <Answered
        answer={options}
        show={(value) => <WebhookForm options={value} of={webhook} button={t.edit.save} submit={save} />}
      />
      <Confirm
        button={t.webhooks.remove}
        label={t.webhooks.remove}
        question={t.webhooks.remove_ask(name)}
        confirmed={() =>
          void send('DELETE', `/v2/webhooks/${webhook_id}`).then(() => {
            // What is shown is not there any more: it is not asked for again.
            void queries.invalidateQueries({ refetchType: 'none' });
            go('/webhooks');
            notify({ text: t.webhooks.removed(name) });
          }, refused)
        }
      />
    </section>
  );
}
