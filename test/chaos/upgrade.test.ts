/**
 * A rolling upgrade under load: API, worker and redirect process of the commit before, each joined by its successor of
 * this one and then stopped. Whatever one version has made, the other one serves: sessions, messages, links, the log,
 * changes of the catalog, reports of conversions. Answered is counted, once.
 *
 *   UPGRADE_FROM=<commit> npm run test:one -- test/chaos/upgrade.test.ts    from any commit whose schema is this one's
 */
// @long: runs every role twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';
import { checkOut, earlierCommit, ROOT } from '../support/earlier-version.ts';
import { joinAs } from '../support/members.ts';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { createNetwork } from '../support/postback.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type CreatedMessage, createCampaign, createSender, type Sender } from '../support/sender.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const MESSAGES = 40;
const CONNECTIONS = 4;
const ADMIN_KEY = `trk_${'7'.repeat(32)}`;
/** What migrations say of a schema that is not the one of the database. */
const OTHER_SCHEMA = /Migration \S+ was changed after it was applied/;

/** The two versions cannot share a database. */
class OtherSchemaError extends Error {}

type Role = 'redirect' | 'worker' | 'api';
interface Running {
  url: string;
  stop(): Promise<void>;
}

let folder = '';
let redis: TestRedis | undefined;
let clickhouse: TestClickHouse | undefined;
const running = new Set<Running>();

afterAll(async () => {
  await Promise.all([...running].map((one) => one.stop()));
  await clickhouse?.stop();
  await redis?.stop();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

/** Without a domain the texts name the port of whoever made them. */
const linksOf = (messages: readonly CreatedMessage[]) =>
  messages.map(({ message_id, links }) => [message_id, links.map(({ link_id }) => link_id)]);

/** Starts a role as its machine does: `code` is the folder of its version. Throws OtherSchemaError. */
async function start(code: string, role: Role): Promise<Running> {
  const [redirect_port = 0, api_port = 0] = await testPorts(2);
  const quick = join(code, 'deploy/quick-start.mjs');
  const child: ChildProcess = spawn(
    process.execPath,
    [...(existsSync(quick) ? ['--import', quick] : []), join(code, 'src/main.ts'), role],
    {
      cwd: code,
      env: {
        ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'info', ADMIN_KEY },
        ...{ REDIS_URL: redis?.url, CLICKHOUSE_URL: clickhouse?.url, REDIRECT_PROCESSES: '1' },
        ...{ REDIRECT_PORT: String(redirect_port), API_PORT: String(api_port), TRUST_PROXY: '1' },
        DATA_DIR: await mkdtemp(join(folder, `${role}-`)),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      said = `${said}${text}`.slice(-20_000);
    });
  }
  const url = `http://127.0.0.1:${role === 'api' ? api_port : redirect_port}`;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const one: Running = {
    url,
    async stop() {
      if (!running.delete(one) || child.exitCode !== null) return;
      child.kill('SIGTERM');
      await ended;
    },
  };
  running.add(one);
  await until(
    () => {
      if (OTHER_SCHEMA.test(said)) throw new OtherSchemaError(OTHER_SCHEMA.exec(said)?.[0]);
      if (child.exitCode !== null) throw new Error(`the ${role} of ${code} ended: ${said}`);
      return / is ready|"msg":"ready"/.test(said);
    },
    HANGS_AFTER_MS,
    () => `the ${role} of ${code} did not start: ${said}`,
  );
  return one;
}

const at = ({ url }: Running): System => ({ api_url: url, admin_key: ADMIN_KEY }) as System;

/** Recipients who tap without a pause, at whichever redirect process takes connections. */
class Recipients {
  readonly answered: string[] = [];
  readonly people = new Set<string>();
  readonly messages: CreatedMessage[] = [];
  unanswered = 0;
  readonly wrong: unknown[] = [];
  readonly #fronts = new Map<Running, Phones>();
  #going = true;
  #done: Promise<unknown> = Promise.resolve();

  join(front: Running): void {
    this.#fronts.set(front, createPhones(front.url, CONNECTIONS));
  }

  leave(front: Running): void {
    this.#fronts.delete(front);
  }

  begin(): void {
    this.#done = Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => this.#tapOn(i)));
  }

  async end(): Promise<void> {
    this.#going = false;
    await this.#done;
    for (const phones of this.#fronts.values()) phones.close();
  }

  async tap(message: CreatedMessage, link: number, phones: Phones): Promise<string> {
    const answer = await phones.open(message.links[link]?.link_id ?? '', PHONE);
    if (answer === undefined) this.unanswered++;
    else if (answer.status !== 302) this.wrong.push(answer);
    else {
      this.answered.push(clickIdOf(answer));
      this.people.add(message.message_id);
    }
    return answer?.location ?? '';
  }

  /** Every message, on one redirect process. */
  async tapAll(messages: readonly CreatedMessage[], front: Running): Promise<void> {
    const phones = this.#fronts.get(front) as Phones;
    for (const message of messages) await this.tap(message, 0, phones);
  }

  async #tapOn(first: number): Promise<void> {
    for (let n = first; this.#going; n++) {
      const fronts = [...this.#fronts.values()];
      const message = this.messages[(n * 7) % this.messages.length] as CreatedMessage;
      await this.tap(message, n % 2, fronts[n % fronts.length] as Phones);
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

const messagesOf = (name: string, creative_id: string, campaign_id: string): object[] =>
  Array.from({ length: MESSAGES }, (_, i) => ({
    ...{ message_id: `${name}-${i}`, contact_id: `${name}-contact-${i}`, creative_id, campaign_id },
    fields: { first_name: 'A' },
  }));

async function upgrade(old: string): Promise<void> {
  const before = { api: await start(old, 'api'), worker: await start(old, 'worker') };
  const front = await start(old, 'redirect');
  const sender = await createSender(at(before.api));
  const { campaign_id, creative_ids, offer_ids } = await createCampaign(sender, 'Upgrade');
  const member = await joinAs(at(before.api), sender, 'owner', 'anna@example.com');
  const recipients = new Recipients();
  const send = (by: Sender, name: string): Promise<CreatedMessage[]> =>
    by.send(messagesOf(name, creative_ids[0], campaign_id));
  const of_old = await send(sender, 'old');
  recipients.messages.push(...of_old);
  recipients.join(front);
  recipients.begin();

  const api = await start(ROOT, 'api');
  const sender_after = sender.at(at(api));
  // A session, and what a caller repeats at the other one.
  const cookie = (member.cookie() ?? []).join('=');
  const session = async ({ url }: Running): Promise<unknown> =>
    (await fetch(`${url}/session`, { headers: { cookie } })).json();
  expect(await session(api)).toEqual(await session(before.api));
  expect(await session(api)).toMatchObject({ kind: 'member', email: 'anna@example.com' });
  const of_new = await send(sender_after, 'new');
  expect(linksOf(await send(sender, 'new'))).toEqual(linksOf(of_new));
  expect(linksOf(await send(sender_after, 'old'))).toEqual(linksOf(of_old));
  recipients.messages.push(...of_new);

  const worker = await start(ROOT, 'worker');
  const front_after = await start(ROOT, 'redirect');
  recipients.join(front_after);
  await recipients.tapAll(of_old, front_after);
  await recipients.tapAll(of_new, front);
  // A change by one version leads the taps of the other.
  const leads = async (by: Sender, to: Running, destination_url: string): Promise<void> => {
    const phones = createPhones(to.url, 1);
    await by.call('PATCH', `/v2/offers/${offer_ids[1]}`, {
      destination_url: `${destination_url}?click={{click_id}}`,
    });
    await until(
      async () => (await recipients.tap(of_old[0] as CreatedMessage, 1, phones)).startsWith(destination_url),
      HANGS_AFTER_MS,
      () => `${to.url} does not lead to ${destination_url}`,
    );
    phones.close();
  };
  await leads(sender_after, front, 'https://by-the-new.example/');
  await leads(sender, front_after, 'https://by-the-old.example/');
  // The same reports to both: each is booked once.
  for (const to of [front, front_after]) {
    const network = createNetwork(to.url, 1);
    for (const [i, { links }] of [...of_old, ...of_new].entries()) {
      const report = { link_id: links[0]?.link_id ?? '', revenue: '1.25', txn_id: `t${i}` };
      const reply = await network.report('/conv', report);
      expect(reply?.body.status).toBe(to === front ? 'accepted' : 'duplicate');
    }
    network.close();
  }

  await before.api.stop();
  await before.worker.stop();
  recipients.leave(front);
  await front.stop();
  const last = await send(sender_after, 'last');
  await recipients.tapAll(last, front_after);
  await recipients.end();
  expect([recipients.unanswered, recipients.wrong]).toEqual([0, []]);
  await expectCounted(recipients, sender_after, 3 * MESSAGES);
  await api.stop();
  await worker.stop();
  await front_after.stop();
}

async function expectCounted({ answered, people }: Recipients, sender: Sender, sent: number): Promise<void> {
  const counts = async (): Promise<unknown> => {
    const { body } = await sender.call('GET', '/v2/reports/campaigns');
    const { sent, clicks_total, clicks_unique, conversions, revenue } = body.rows?.[0] ?? {};
    return { sent, clicks_total, clicks_unique, conversions, revenue };
  };
  const expected = {
    ...{ sent, clicks_total: answered.length, clicks_unique: people.size },
    ...{ conversions: 2 * MESSAGES, revenue: (2 * MESSAGES * 1.25).toFixed(2) },
  };
  await untilSeen('the counts', counts, (seen) => isDeepStrictEqual(seen, expected));
  const rows = await clickhouse?.client.query({
    query: 'SELECT click_id FROM trackly.clicks',
    format: 'JSONCompactEachRow',
  });
  const ids = ((await rows?.json<[string]>()) ?? []).map(([id]) => id);
  expect(ids.toSorted()).toEqual(answered.toSorted());
}

it('counts what was answered while every role is replaced by its next version, both of them alive', async ({
  skip,
}) => {
  const commit = earlierCommit();
  if (commit === undefined)
    skip('git has no commit before this one: this clone is shallow, or UPGRADE_FROM wrong');
  folder = await mkdtemp(join(tmpdir(), 'trackly-upgrade-'));
  const old = join(folder, 'old');
  checkOut(commit as string, old);
  [redis, clickhouse] = await Promise.all([startRedis(), startClickHouse()]);
  await upgrade(old).catch((error: Error) => {
    if (!(error instanceof OtherSchemaError)) throw error;
    skip(
      `${error.message} since ${commit}: before the first release schemas change in place, so there is no upgrade from it. UPGRADE_FROM=<commit> names one with this schema`,
    );
  });
});
