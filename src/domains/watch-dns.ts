/**
 * Whether the resolvers answer that domain checks ask: without them no domain becomes active, and none is renewed. They
 * are asked for the name servers of the root, which every resolver knows, and any answer will do. Asked only where there
 * are domains to check. With Redis down it goes on as before.
 */
import { Resolver } from 'node:dns/promises';
import { Gauge, type Registry } from '../platform/metrics.ts';
import type { RedisClient } from '../platform/redis.ts';
import { DOMAINS_DUE } from './domain.ts';

const ASK_EVERY_MS = 5_000;
const ASK_WITHIN_MS = 2_000;
const TRIES = 2;
/** As many as a check asks. */
const RESOLVERS_MAX = 2;
/** Answers, though not with a record. */
const ANSWERS: readonly (string | undefined)[] = ['ENODATA', 'ENOTFOUND'];

export interface DnsWatch {
  /** The resolvers that did not answer the last time; undefined while there is nothing to ask them. */
  away(): string[] | undefined;
  close(): void;
}

export function watchDns(redis: RedisClient, registry: Registry, servers: readonly string[]): DnsWatch {
  const up = new Gauge({
    name: 'trackly_dns_up',
    help: '1 while the resolver answers that tracking domains are checked with; there only with domains to check.',
    labelNames: ['resolver'],
    registers: [registry],
  });
  let domains = 0;
  let away: string[] | undefined;

  async function look(): Promise<void> {
    domains = await redis.zcard(DOMAINS_DUE).catch(() => domains);
    if (domains === 0) {
      away = undefined;
      up.reset();
      return;
    }
    const asked = (servers.length > 0 ? servers : new Resolver().getServers()).slice(0, RESOLVERS_MAX);
    const answers = await Promise.all(asked.map(isAnswered));
    for (const [i, resolver] of asked.entries()) up.set({ resolver }, answers[i] === true ? 1 : 0);
    away = asked.filter((_, i) => answers[i] !== true);
  }

  void look();
  const timer = setInterval(() => void look(), ASK_EVERY_MS);
  return { away: () => away, close: () => clearInterval(timer) };
}

function isAnswered(server: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: ASK_WITHIN_MS / TRIES, tries: TRIES });
  resolver.setServers([server]);
  return resolver.resolveNs('.').then(
    () => true,
    (error: NodeJS.ErrnoException) => ANSWERS.includes(error.code),
  );
}
