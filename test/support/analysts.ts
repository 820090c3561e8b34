/**
 * The analysts' port over a real engine and a real Redis, with the data of two accounts. Whatever belongs to the
 * other one carries FOREIGN in its ids, so that a leak shows in a result as well as in an error.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addKey } from '../../src/access/key-store.ts';
import { Limits } from '../../src/access/limits/limits.ts';
import { OpenRequests } from '../../src/access/open-requests.ts';
import { SCOPES } from '../../src/access/scopes.ts';
import { createAnalystListener } from '../../src/analysts/listener.ts';
import { RANGE_VIEWS } from '../../src/analysts/report-views.ts';
import { createAccount } from '../../src/catalog/catalog-store.ts';
import type { Account } from '../../src/catalog/definitions.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { openClickHouse } from '../../src/clickhouse/open.ts';
import { followChanges } from '../../src/platform/change-log.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { startClickHouse, type TestClickHouse } from './clickhouse.ts';
import { startRedis } from './redis.ts';
import { type Data, insertData, randomData } from './report-data.ts';

export const OWN = 'acc_own';
export const FOREIGN = 'FOREIGN';
export const OTHER = `acc_${FOREIGN}`;

/** How a view is asked for: those over a range with one that has all data. */
export const calledView = (view: string): string =>
  (RANGE_VIEWS as readonly string[]).includes(view)
    ? `${view}(from='2026-01-01', to='2026-12-31', tz='UTC', range_by='sent')`
    : view;

export interface Told {
  status: number;
  text: string;
  headers: Headers;
}

export interface Analysts {
  url: string;
  engine: TestClickHouse;
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  keys: { own: string; other: string };
  own: Data;
  /** One statement as the own account; `search` are parameters of the address. */
  ask(sql: string, search?: Record<string, string>): Promise<Told>;
  stop(): Promise<void>;
}

const log = createLogger('test', 'silent');

export async function startAnalysts(): Promise<Analysts> {
  const [engine, server] = await Promise.all([startClickHouse(), startRedis()]);
  await (await openClickHouse(engine.url, log)).close();
  const redis = await server.connect();
  const keys = { own: await addAccount(redis, OWN), other: await addAccount(redis, OTHER) };
  const own = randomData(1, OWN, 60);
  await insertData(engine.client, own, 'own');
  await insertData(engine.client, foreign(randomData(2, OTHER, 60)), 'other');
  for (const account of [OWN, OTHER]) await insertMoney(engine.client, account);
  const open_requests = new OpenRequests();
  const changes = await followChanges(server.target, open_requests);
  const listener: Server = createAnalystListener(
    {
      redis,
      clickhouse_url: engine.url,
      password: engine.passwords.analyst,
      records_lost: () => false,
      limits: new Limits(redis),
      proxies: { trust_proxy: 0, trust_proxy_header: 'x-forwarded-for' },
      open_requests,
    },
    log,
  );
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    url,
    engine,
    redis,
    clickhouse: engine.client,
    keys,
    own,
    async ask(sql, search = {}) {
      const response = await fetch(`${url}/?${new URLSearchParams(search)}`, {
        method: 'POST',
        body: sql,
        headers: { 'x-clickhouse-user': OWN, 'x-clickhouse-key': keys.own },
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    async stop() {
      await changes.close();
      open_requests.close();
      listener.closeAllConnections();
      listener.close();
      await Promise.all([engine.stop(), server.stop()]);
    },
  };
}

/** Resolves with its key. */
export async function addAccount(redis: RedisClient, account_id: string): Promise<string> {
  const now = new Date().toISOString();
  const account = { account_id, name: account_id, tracking_domain: '', status: 'active' };
  await createAccount(redis, { ...account, created_at: now, updated_at: now } as Account);
  const { api_key } = await addKey(redis, account_id, { name: 'key', scopes: SCOPES, expires_at: null });
  return api_key;
}

function foreign(data: Data): Data {
  const mark = <Row extends object>(row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' && /_id$/.test(name) && name !== 'account_id' && value !== ''
          ? `${FOREIGN}-${value}`
          : Array.isArray(value)
            ? value.map(mark)
            : value,
      ]),
    ) as Row;
  return { sends: data.sends.map(mark), clicks: data.clicks.map(mark) };
}

/**
 * A sale of 40.00 EUR on the first click of its account, one of 5.00 without a click, five delivered messages, a verdict
 * that was given anew, a rejudgement, a refused tap.
 */
async function insertMoney(client: ClickHouseClient, account_id: string): Promise<void> {
  const mark = account_id === OTHER ? `${FOREIGN}-` : '';
  const click = `(SELECT * FROM trackly.clicks WHERE account_id = '${account_id}' AND is_first AND campaign_id != '' ORDER BY clicked_at LIMIT 1)`;
  await client.command({
    query: `INSERT INTO trackly.conversions (account_id, offer_id, transaction, conversion_id, event, txn_id, channel, reported, amount, converted_at, received_at, sign, status, click_id, credited_at, link_id, message_id, contact_id, creative_id, campaign_id, variant_id, conversions, currency, sales, refunds, payout, line, batch)
SELECT account_id, offer_id, 'txn:${mark}t1', '${mark}cnv_1', 'sale', '${mark}t1', 'conv', click_id, 40, clicked_at + 60, clicked_at + 61, 1, 'attributed', click_id, clicked_at, link_id, message_id, contact_id, creative_id, campaign_id, variant_id, 1, 'EUR', 40, 0, 2, '{}', 'c' FROM ${click}`,
  });
  await client.command({
    query: `INSERT INTO trackly.conversions (account_id, transaction, conversion_id, event, txn_id, channel, reported, amount, converted_at, received_at, sign, status, reason, line, batch)
VALUES ('${account_id}', 'txn:${mark}t2', '${mark}cnv_2', 'sale', '${mark}t2', 'conv', '${mark}x', 5, '2026-10-25 10:00:00', '2026-10-25 10:00:01', 1, 'unattributed', 'no_click', '{}', 'c')`,
  });
  await client.command({
    query: `INSERT INTO trackly.verdicts (account_id, clicked_at, click_id, change, sign, rejudgement, rules_version, verdict, link_id, message_id, campaign_id, expires_at)
SELECT account_id, clicked_at, click_id, 1, arrayJoin([-1, 1]), 1, '2', verdict, link_id, message_id, campaign_id, expires_at FROM (SELECT * FROM trackly.clicks WHERE account_id = '${account_id}' AND verdict = 'bot' LIMIT 1)`,
  });
  await client.command({
    query: `INSERT INTO trackly.refused_taps (account_id, tap_id, tapped_at, reason, status, link_id, link_key, message_id, contact_id, offer_id, creative_id, campaign_id, variant_id, verdict, expires_at)
SELECT account_id, click_id, clicked_at, 'offer_paused', 410, link_id, link_key, message_id, contact_id, offer_id, creative_id, campaign_id, variant_id, 'human', expires_at FROM ${click}`,
  });
  await client.command({
    query: `INSERT INTO trackly.message_events (account_id, message_id, state, rank, at, code, received_at, batch, expires_at)
SELECT account_id, message_id, 'delivered', 4, sent_at, '${mark}code', logged_at, 'e', expires_at FROM (SELECT * FROM trackly.sends WHERE account_id = '${account_id}' ORDER BY message_id LIMIT 5)`,
  });
  await client.command({
    query: `INSERT INTO trackly.catalog (account_id, kind, id, name, version) VALUES ('${account_id}', 'offer', '${mark}offer', '${mark}name', 1)`,
  });
  await client.command({
    query: `INSERT INTO trackly.rejudgements VALUES ('${account_id}', 1, '${mark}2', '2026-10-01', '2026-11-01', 10, 1, now())`,
  });
}
