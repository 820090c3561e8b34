/** Links in the benchmark's own Redis, stored like by the API: an account, an offer, two links for each message. */
import { accountKey, entityKey } from '../../src/catalog/definitions.ts';
import { mintLinks } from '../../src/links/link-store.ts';
import { bytesKey, countsKey, streamKey } from '../../src/log/keys.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { declareComplete } from '../../src/records/completeness.ts';
import { startRedis } from '../../test/support/redis.ts';
import { startRedisCluster } from '../../test/support/redis-cluster.ts';
import { until } from '../../test/support/until.ts';
import { DESTINATION } from './contenders.ts';

const KEEP_DAYS = 90;
const LINKS_A_CALL = 10_000;
const START_WITHIN_MS = 10_000;
export const ACCOUNT_ID = 'acc_7Kq2mXw9RtBz4L';
export const OFFER_ID = 'off_Yb3nPs8VdJc6Hf';

export interface LinkBase {
  url: string;
  redis: RedisClient;
  /** Process ids of the servers. */
  pids: number[];
  /** Stores this many more links, with fields of their messages or none; returns their paths, `/abc1234`. */
  add(count: number, with_fields?: boolean): Promise<string[]>;
  /** Removes the clicks, because no worker reads them here. */
  forgetClicks(): Promise<void>;
  close(): Promise<void>;
}

const definition = { account_id: ACCOUNT_ID, status: 'active', created_at: '', updated_at: '' };

const FIRST_NAMES = ['Kim', 'Anna', 'Mehmet', 'José', 'Charlotte', 'Li', 'Søren', 'Alexandra'];
const CITIES = ['Rome', 'Berlin', 'Kraków', 'Los Angeles', 'Lyon', 'Frankfurt am Main', 'Århus'];

/** Of most personalised messages: every pair of name and city occurs as often. */
const fieldsOf = (n: number): Record<string, string> => ({
  first_name: FIRST_NAMES[n % FIRST_NAMES.length] as string,
  city: CITIES[n % CITIES.length] as string,
});

/** A server that has all of the one at `url`. */
async function follow(url: string): Promise<{ pids: number[]; stop(): Promise<void> }> {
  const server = await startRedis();
  const redis = connectRedis({ url: server.url, cluster: false }, 'fast');
  await untilReady(redis, START_WITHIN_MS);
  const { hostname, port } = new URL(url);
  await redis.call('REPLICAOF', hostname, port);
  await until(
    async () => /master_link_status:up/.test(await redis.info('replication')),
    START_WITHIN_MS,
    () => 'the replica does not follow',
  );
  const pids = [await pidOf(redis)];
  redis.disconnect();
  return { pids, stop: server.stop };
}

const pidOf = async (redis: RedisClient): Promise<number> =>
  Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);

/** Starts one Redis, or a Redis Cluster with this many nodes; one alone may have a replica. */
export async function startLinkBase(nodes = 1, has_replica = false): Promise<LinkBase> {
  const server = nodes === 1 ? await startRedis() : await startRedisCluster({ count: nodes });
  const redis = connectRedis({ url: server.url, cluster: nodes > 1 }, 'fast');
  await untilReady(redis, START_WITHIN_MS);
  await declareComplete(redis, Date.now(), KEEP_DAYS);
  await redis.set(
    accountKey(ACCOUNT_ID),
    JSON.stringify({
      ...definition,
      name: 'Bench',
      click_retention_days: 400,
      send_retention_days: 400,
      ip_storage: 'full',
      honour_gpc: true,
      bot_filter: 'no_filter',
      blocked_countries: [],
      conversion_addresses: [],
    }),
  );
  await redis.set(
    entityKey('offer', ACCOUNT_ID, OFFER_ID),
    JSON.stringify({
      ...definition,
      offer_id: OFFER_ID,
      name: 'Spring',
      destination_url: `${DESTINATION}{{click_id}}`,
      payout_type: 'cpa',
      payout: '4.50',
      currency: 'EUR',
      bot_filter: 'inherit',
      fallback_url: '',
      metadata: {},
    }),
  );
  const replica = has_replica ? await follow(server.url) : undefined;
  let messages = 0;
  return {
    url: server.url,
    redis,
    pids: 'pids' in server ? server.pids : [await pidOf(redis), ...(replica?.pids ?? [])],
    async add(count, with_fields = false) {
      const paths: string[] = [];
      while (paths.length < count) {
        const links = Array.from({ length: Math.min(LINKS_A_CALL, count - paths.length) }, (_, i) => {
          if (i % 2 === 0) messages++;
          return {
            account_id: ACCOUNT_ID,
            message_id: `msg_${String(messages).padStart(14, '0')}`,
            contact_id: `contact-${messages}`,
            offer_id: OFFER_ID,
            creative_id: 'cre_9Xv1QkTz5Wm7Ra',
            campaign_id: 'cam_2Lg8HsYd4Cn6Pj',
            variant_id: i % 4 < 2 ? 'a' : 'b',
            link_key: `link${(i % 2) + 1}`,
            domain: '',
            sent_at_ms: Date.now(),
            url: '',
            fields: with_fields ? fieldsOf(messages) : {},
            expires_at_ms: 0,
            disabled: false,
          };
        });
        const ids = await mintLinks(redis, links, KEEP_DAYS * 24 * 3_600);
        for (const id of ids) paths.push(`/${id}`);
      }
      return paths;
    },
    async forgetClicks() {
      for (const partition of currentPartitions()) {
        await redis.unlink(
          streamKey('clicks', partition),
          bytesKey('clicks', partition),
          countsKey('clicks', partition),
        );
      }
    },
    async close() {
      redis.disconnect();
      await replica?.stop();
      await server.stop();
    },
  };
}
