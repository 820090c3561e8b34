/**
 * Checks tracking domains when their time has come: one process of the cluster at a time, every CHECK_EVERY_MS. Which
 * domain is due is written in Redis (domains_due), so a run that is lost, or comes twice, changes nothing. A domain whose
 * check fails stays due; a slow authority or resolver holds up no other check for longer than its own bounds.
 */
import { type Certified, checkDomain, type DomainCheckContext } from '../../src/domains/check-domain.ts';
import { dueDomains, setDue } from '../../src/domains/domain-store.ts';
import type { Logger } from '../../src/platform/logger.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import type { Rounds } from '../../src/platform/sleep.ts';
import { runInTurn } from '../run-alone.ts';

const CHECK_EVERY_MS = 2_000;
/** Domains that are checked at once, and in one run. */
const CHECKED_AT_ONCE = 8;
const CHECKED_MAX = 200;
const FAILED_AGAIN_MS = 60_000;

export interface DueDomains {
  /** For accounts' domains. */
  check: DomainCheckContext;
  /** Sees to the certificate of the installation's own domain; undefined where it needs none. */
  certifyOwn: (() => Promise<Certified>) | undefined;
}

/** Runs until closed. */
export function checkDueDomains(
  redis: RedisClient,
  { check, certifyOwn }: DueDomains,
  logger: Logger,
): Pick<Rounds, 'close'> {
  const own = createOwnCheck(certifyOwn, logger);
  return runInTurn(redis, { name: 'domains', every_ms: CHECK_EVERY_MS }, async () => {
    await Promise.all([own(), checkDue(check, logger)]);
  });
}

/** The own domain has no record: when it is due is known to the process that saw to it last. */
function createOwnCheck(certifyOwn: DueDomains['certifyOwn'], logger: Logger): () => Promise<void> {
  let due_ms = 0;
  let told = '';
  return async () => {
    if (certifyOwn === undefined || Date.now() < due_ms) return;
    try {
      const { hint, next_at_ms } = await certifyOwn();
      due_ms = next_at_ms;
      if (hint !== '' && hint !== told) logger.warn({ hint }, 'PUBLIC_DOMAIN has no new certificate');
      told = hint;
    } catch (error) {
      due_ms = Date.now() + FAILED_AGAIN_MS;
      logger.warn({ error: (error as Error).message }, 'PUBLIC_DOMAIN could not be checked');
    }
  };
}

async function checkDue(context: DomainCheckContext, logger: Logger): Promise<void> {
  const due = await dueDomains(context.redis, Date.now(), CHECKED_MAX);
  const checks = Array.from({ length: CHECKED_AT_ONCE }, async () => {
    for (let next = due.shift(); next !== undefined; next = due.shift()) {
      await checkOne(context, next.account_id, next.domain, logger);
    }
  });
  await Promise.all(checks);
}

async function checkOne(
  context: DomainCheckContext,
  account_id: string,
  domain: string,
  logger: Logger,
): Promise<void> {
  try {
    await checkDomain(context, account_id, domain);
  } catch (error) {
    logger.warn(
      { domain, error: (error as Error).message },
      'a domain could not be checked and is checked again',
    );
    await setDue(context.redis, account_id, domain, Date.now() + FAILED_AGAIN_MS).catch(() => {});
  }
}
