/**
 * Pauses a webhook that can't be delivered to, and says so: in the audit log, in the log, in a metric, and by mail to the
 * owners of its account where mail is set. Safe to repeat: one that is paused already stays as it is. With Redis down it
 * rejects, and the caller tries again.
 */
import { createHash } from 'node:crypto';
import { recordAudit } from '../../src/access/audit/record-audit.ts';
import { getMembers } from '../../src/access/member-store.ts';
import { getAccount } from '../../src/catalog/catalog-store.ts';
import type { Logger } from '../../src/platform/logger.ts';
import type { Mailer } from '../../src/platform/mail.ts';
import { htmlText } from '../../src/platform/plain-page.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import type { PauseReason, Webhook } from '../../src/webhooks/webhook.ts';
import { changeWebhook, type WebhookPlace } from '../../src/webhooks/webhook-store.ts';
import type { WorkerMetrics } from '../worker-metrics.ts';

export interface PauseGround {
  redis: RedisClient;
  metrics: WorkerMetrics;
  logger: Logger;
  mail: { mailer: Mailer; console_url: string } | undefined;
}

type OwnReason = Exclude<PauseReason, 'request'>;

const WHY: Record<OwnReason, string> = {
  failing: 'It has taken nothing for three days. What happens is kept, and sent once it goes on.',
  gone: 'It answered 410: it wants nothing any more. What happens from now on is not kept for it.',
  full: 'A million messages wait for it, and no more are kept. What waits is sent once it goes on.',
};

const SYSTEM = { actor_kind: 'system', actor_id: '', actor_name: '', address: '' } as const;

/** False where it was paused already, or is gone. */
export async function pauseWebhook(
  ground: PauseGround,
  place: WebhookPlace,
  reason: OwnReason,
): Promise<boolean> {
  const { redis, metrics, logger } = ground;
  const at = new Date().toISOString();
  let mine = false;
  const webhook = await changeWebhook(redis, place, (one) => {
    mine = one.status === 'active' || (reason === 'full' && one.paused?.reason !== 'full');
    return mine ? { ...one, status: 'paused', paused: { reason, at } } : one;
  });
  if (webhook === undefined || !mine) return false;
  const { account_id, webhook_id, name, host } = webhook;
  metrics.webhookPaused(reason);
  logger.warn({ webhook_id, reason }, 'a webhook is paused');
  await recordAudit(redis, SYSTEM, {
    action: 'webhook.paused',
    account_id,
    subject_id: webhook_id,
    before: { name, host, status: 'active' },
    after: { name, host, status: 'paused', reason },
  });
  // Beside the rest: who pauses it has others to look after.
  void tellOwners(ground, webhook, reason).catch((error: Error) =>
    logger.warn({ webhook_id, error: error.message }, 'owners were not told of a pause'),
  );
  return true;
}

/** A mail that can't be sent holds nothing up: the console says it too. */
async function tellOwners(
  { redis, mail, logger }: PauseGround,
  { account_id, webhook_id, name, host, paused }: Webhook,
  reason: OwnReason,
): Promise<void> {
  if (mail === undefined) return;
  const { mailer, console_url } = mail;
  const [account, members] = await Promise.all([
    getAccount(redis, account_id),
    getMembers(redis, account_id),
  ]);
  const url = `${console_url}/webhooks/${webhook_id}`;
  const text = `The webhook “${name}” to ${host}, of ${account?.name ?? account_id}, is paused. ${WHY[reason]}`;
  for (const { email, role, state } of members) {
    if (role !== 'owner' || state !== 'active') continue;
    const id = createHash('sha256')
      .update(JSON.stringify([webhook_id, paused?.at, email]))
      .digest('hex')
      .slice(0, 32);
    await mailer
      .send({
        to: email,
        subject: `The webhook “${name}” is paused`,
        text: `${text}\n\n${url}\n`,
        html: `<p>${htmlText(text)}</p><p><a href="${htmlText(url)}">${htmlText(url)}</a></p>`,
        message_id: `<${id}@${new URL(console_url).hostname}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: [],
      })
      .catch((error: Error) => logger.warn({ error: error.message }, 'an owner was not told of a pause'));
  }
}
