/** Whether events are sent to a webhook: active, failing since, or paused and why. And a secret, which is shown once. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { time } from '../format.ts';
import { t } from '../strings/strings.ts';
import { Copy } from './copy.tsx';
import { Words } from './words.tsx';

type Webhook = AnswerOf<'/v2/webhooks'>['webhooks'][number];

export function WebhookStatus({ of: { status, paused, state } }: { of: Webhook }): JSX.Element {
  if (status === 'paused') {
    const reason = paused?.reason ?? 'request';
    return (
      <span className={`state ${reason === 'request' ? 'warn' : 'bad'}`}>{t.webhooks.reasons[reason]}</span>
    );
  }
  const since = state?.failing_since ?? null;
  if (since !== null) return <span className="state warn">{t.webhooks.failing(time(since, 'short'))}</span>;
  return <span className="state good">{t.webhooks.active}</span>;
}

/** Neither a page nor the API can show it again. */
export function SecretNotice({ name, secret }: { name: string; secret: string }): JSX.Element {
  return (
    <div className="notice" role="status">
      <p>
        <Words text={t.webhooks.once} which={<strong>{name}</strong>} />
      </p>
      <p className="secret">{secret}</p>
      <Copy text={secret} what={t.webhooks.copy_secret} />
    </div>
  );
}
