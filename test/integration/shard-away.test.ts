/** A whole system over two shards, one of which goes away and comes back. Its own system: it kills a server. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../support/clickhouse-cluster.ts';
import { runTrackly } from '../support/commands.ts';
import { itIfLong } from '../support/long.ts';
import { createPhones, PHONE } from '../support/phones.ts';
import { type CreatedMessage, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const MESSAGES = 40;
let cluster: TestCluster;
let system: System;
let sender: Sender;
let messages: CreatedMessage[];

beforeAll(async () => {
  cluster = await startCluster(2);
  system = await startSystem(cluster.settings);
  sender = await createSender(system);
  const { campaign_id, creative_ids } = await createCampaign(sender, 'One');
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      contact_id: `contact-${i}`,
      campaign_id,
      variant_id: 'A',
      creative_id: creative_ids[0],
      fields: { first_name: 'Kim' },
    })),
  );
});

afterAll(async () => {
  await system?.destroy();
  await cluster?.stop();
});

const nodeOf = (i: number) => cluster.nodes[i] as (typeof cluster.nodes)[0];

/** Every message's link once; each time another one of its two. */
async function tapAll(link: 0 | 1): Promise<void> {
  const phones = createPhones(system.redirect_url, 8);
  const answers = await Promise.all(
    messages.map(({ links }) => phones.open(links[link]?.link_id ?? '', PHONE)),
  );
  phones.close();
  expect(answers.map((one) => one?.status)).toEqual(messages.map(() => 302));
}

async function countOn(i: number, table: string): Promise<number> {
  const query = `SELECT count() AS n FROM trackly_shard.${table}`;
  const result = await nodeOf(i).client.query({ query, format: 'JSONEachRow' });
  return Number((await result.json<{ n: string }>())[0]?.n);
}

const from = new Date(Date.now() - 86_400_000).toISOString();
const to = new Date(Date.now() + 86_400_000).toISOString();

function report(search = ''): Promise<Response> {
  return fetch(`${system.api_url}/v2/reports/campaigns?from=${from}&to=${to}${search}`, {
    headers: { 'x-api-key': sender.api_key },
  });
}

interface Campaigns {
  partial?: boolean;
  shards_away?: number[];
  rows: { sent: number; clicks_total: number }[];
}

async function counted(search = ''): Promise<Campaigns & { status: number }> {
  const response = await report(search);
  return { ...((await response.json()) as Campaigns), status: response.status };
}

const clicksOf = ({ rows }: Campaigns): number | undefined => rows?.[0]?.clicks_total;

it('spreads what is sent and tapped over both shards, and counts it once', async () => {
  await tapAll(0);
  const seen = await untilSeen(
    'clicks',
    () => counted(),
    // Messages are counted by other batches than their taps.
    (one) => clicksOf(one) === MESSAGES && one.rows[0]?.sent === MESSAGES,
  );
  expect(seen.partial).toBeUndefined();
  for (const i of [0, 1]) {
    expect(await countOn(i, 'clicks')).toBeGreaterThan(0);
    expect(await countOn(i, 'sends')).toBeGreaterThan(0);
  }
  expect((await countOn(0, 'clicks')) + (await countOn(1, 'clicks'))).toBe(MESSAGES);
});

it('goes on with the other shard, says what it lacks, and has everything once the shard is back', async () => {
  const before = await countOn(0, 'clicks');
  await nodeOf(1).kill();
  await tapAll(1);
  await untilSeen('clicks of the first shard', () => countOn(0, 'clicks'), 2 * before);

  const partial = await untilSeen(
    'a partial report',
    () => counted(),
    (one) => clicksOf(one) === 2 * before,
  );
  expect([partial.status, partial.partial, partial.shards_away]).toEqual([200, true, [2]]);
  const strict = await report('&strict=true');
  expect(strict.status).toBe(503);
  expect(await strict.text()).toContain('shard 2');
  const csv = await report('&format=csv');
  expect([csv.status, csv.headers.get('trackly-shards-away')]).toEqual([200, '2']);
  await csv.body?.cancel();
  expect((await report('&strict=perhaps')).status).toBe(400);
  const readiness = await (await fetch(`${system.api_url}/readyz`)).json();
  expect(readiness).toMatchObject({ ready: true, cannot: [{ what: 'reach every node of ClickHouse' }] });

  await nodeOf(1).start();
  const whole = await untilSeen(
    'a whole report',
    () => counted('&strict=true'),
    (one) => clicksOf(one) === 2 * MESSAGES,
  );
  expect(whole.partial).toBeUndefined();
  expect((await countOn(0, 'clicks')) + (await countOn(1, 'clicks'))).toBe(2 * MESSAGES);
});

it('erases a contact on every shard', async () => {
  await sender.call('POST', '/v2/erasures', {
    contact_ids: ['contact-1', 'contact-2', 'contact-3', 'contact-4'],
  });
  await untilSeen('contacts', async () => {
    const left = await Promise.all(
      cluster.nodes.map(async ({ client }) => {
        const query = `SELECT count() AS n FROM trackly_shard.clicks WHERE contact_id IN ('contact-1', 'contact-2', 'contact-3', 'contact-4')`;
        return (await (await client.query({ query, format: 'JSONEachRow' })).json<{ n: string }>())[0]?.n;
      }),
    );
    return left.map(Number);
  }, [0, 0]);
});

// Parts of several servers in one backup are otherwise held by test/chaos/backup.test.ts, of one server.
itIfLong('has the rows of all shards in a backup, which can be restored into one server', async () => {
  const place = join(system.data_dir, 'backups');
  const settings = { DATA_DIR: system.data_dir, ...cluster.settings };
  const made = await runTrackly(['backup', '--to', place], settings);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining(`${2 * MESSAGES} clicks`) });
  const verified = await runTrackly(['backup', 'verify', '--from', place], settings);
  expect(verified).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/^trackly: /m) });
});
