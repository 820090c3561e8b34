/**
 * A backup of a running system, taken while clicks come in, restored into an empty folder: whoever looks at the
 * reports, the catalog, the links and the conversions sees the same, and all of it goes on.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis, untilReady } from '../../src/platform/redis.ts';
import { type LastBackup, readLastBackup } from '../../src/records/backup/last-backup.ts';
import { type Manifest, objectsOf } from '../../src/records/backup/manifest.ts';
import { type Business, doBusiness, lookAtAll, MESSAGES, openBusiness } from '../support/business.ts';
import { type Ended, runTrackly } from '../support/commands.ts';
import { removeOldPartsSoon } from '../support/erasure-search.ts';
import { itIfLong, LONG } from '../support/long.ts';
import { clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { type S3Server, startS3 } from '../support/s3.ts';
import { callApi } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

/** Of each of eight phones: a load that leaves the processor to the backup. */
const TAP_EVERY_MS = 40;

/** Each test runs several commands, and each of them starts servers of its own. */
const COMMANDS_WITHIN_MS = 600_000;
/** With which an error would show in a failed comparison. */
const NO_ERROR = expect.not.stringMatching(/^trackly: /m);
/** Where it is kept encrypted. */
const BUCKET = 's3://backups/of/this';

let folder: string;
let s3: S3Server;
let keys: { BACKUP_RECIPIENT: string; BACKUP_KEY_FILE: string };
let system: System;
let restored: System | undefined;
let business: Business;
let before: Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-backup-'));
  s3 = await startS3();
  keys = await makeKeys('operator');
  system = await startSystem();
  // ClickHouse waits longer from one cleaning to the next, the less there is to clean.
  await removeOldPartsSoon(system);
  business = await openBusiness(system);
  await doBusiness(system, business, 0, 30);
  before = await lookAtAll(business);
});

afterAll(async () => {
  await restored?.destroy();
  await system?.destroy();
  await s3?.close();
  await rm(folder, { recursive: true, force: true });
});

/** As age-keygen writes them. */
async function makeKeys(name: string): Promise<typeof keys> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const file = join(folder, `${name}.key`);
  await writeFile(file, `# public key: ${recipient}\n${identity}\n`);
  return { BACKUP_RECIPIENT: recipient, BACKUP_KEY_FILE: file };
}

/** `to` is a bucket, or a folder in that of this test. */
const placeOf = (to: string): string => (to.startsWith('s3:') ? to : join(folder, to));

const backup = (to: string, settings: Record<string, string> = {}): Promise<Ended> =>
  runTrackly(['backup', '--to', placeOf(to)], {
    DATA_DIR: system.data_dir,
    ...s3.environment,
    ...settings,
  });

async function restore(
  from: string,
  into: string,
  { options = [], settings = {} }: { options?: string[]; settings?: Record<string, string> } = {},
): Promise<Ended> {
  const [port] = await testPorts(1);
  return runTrackly(['restore', '--from', placeOf(from), ...options], {
    DATA_DIR: join(folder, into),
    CLICKHOUSE_PORT: String(port),
    ...s3.environment,
    ...settings,
  });
}

const verify = (from: string, settings: Record<string, string> = {}): Promise<Ended> =>
  runTrackly(['backup', 'verify', '--from', placeOf(from)], {
    DATA_DIR: system.data_dir,
    ...s3.environment,
    ...settings,
  });

/** While it runs: the new key works, the old one does not, even after the API was started anew with it. */
async function rotateAdminKey(running: System): Promise<void> {
  const statusOf = async (key: string): Promise<number> =>
    (await callApi(running, key, 'GET', '/v2/accounts')).status;
  const file = join(running.data_dir, 'admin.key');
  const rotated = await runTrackly(['rotate-admin-key'], {
    DATA_DIR: running.data_dir,
    API_PORT: new URL(running.api_url).port,
  });
  expect(rotated).toMatchObject({ code: 0, stdout: expect.stringContaining(file) });
  const new_key = (await readFile(file, 'utf8')).trim();
  expect(`${rotated.stdout}${rotated.stderr}`).not.toContain(new_key);
  expect([await statusOf(running.admin_key), await statusOf(new_key)]).toEqual([401, 200]);
  await running.kill('api');
  await untilSeen('the API again', () => statusOf(new_key).catch(() => 0), 200);
  expect(await statusOf(running.admin_key)).toBe(401);
}

/** The same business, in both: first clicks, conversions that wait, codes. `npm run drills -- restore` does it as well. */
async function goesOn(running: System, other: Business): Promise<void> {
  if (!LONG) return;
  await doBusiness(system, business, 20, 40);
  await doBusiness(running, other, 20, 40);
  const [here, there] = [await lookAtAll(business), await lookAtAll(other)];
  for (const report of ['messages', 'offers', 'creatives', 'campaigns', 'variants', 'hours']) {
    expect(there[report], report).toEqual(here[report]);
  }
  const ledger = await (
    await fetch(`${running.api_url}/v2/ledger`, { headers: { 'x-api-key': running.admin_key } })
  ).json();
  expect(ledger).toMatchObject({ totals: { drift_rows: 0 } });
}

// The verification below restores in every run.
itIfLong(
  'is restored from S3 into an empty folder: everything looks the same, and goes on',
  async () => {
    expect(await backup(BUCKET)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('BACKUP_RECIPIENT'),
    });
    const sealed = { BACKUP_RECIPIENT: keys.BACKUP_RECIPIENT };
    expect(await backup(BUCKET, sealed)).toMatchObject({
      code: 0,
      stderr: NO_ERROR,
      stdout: expect.stringMatching(
        /^The backup of \/.* is in s3:.*: rows of .*\d clicks, .*keys of Redis; .* of it new/,
      ),
    });
    expect(await restore(BUCKET, 'one')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('BACKUP_KEY_FILE'),
    });
    expect(await restore(BUCKET, 'one', { settings: keys })).toMatchObject({
      code: 0,
      stderr: NO_ERROR,
      stdout: expect.stringContaining('npm start'),
    });
    restored = await startSystem({ DATA_DIR: join(folder, 'one') });
    expect(restored.admin_key).toBe(system.admin_key);
    const other: Business = { ...business, sender: business.sender.at(restored) };
    expect(await lookAtAll(other)).toEqual(before);

    const again = await business.sender.at(restored).send(business.inputs);
    expect(again.map(({ links }) => links.map(({ link_id }) => link_id))).toEqual(
      business.messages.map(({ links }) => links.map(({ link_id }) => link_id)),
    );
    await goesOn(restored, other);
    await rotateAdminKey(restored);
    await restored.stop();
    expect(await restore(BUCKET, 'one', { settings: keys })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('empty'),
    });
    await restored.destroy();
    restored = undefined;
  },
  COMMANDS_WITHIN_MS,
);

/** The note that the API reads, and the manifests of a folder, the oldest first. */
async function lastBackup(): Promise<LastBackup | undefined> {
  const redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  try {
    await untilReady(redis, HANGS_AFTER_MS);
    return await readLastBackup(redis);
  } finally {
    redis.disconnect();
  }
}

async function manifestsOf(to: string): Promise<Manifest[]> {
  const names = (await readdir(join(folder, to, 'manifests'))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, to, 'manifests', name), 'utf8')));
  return texts.map((text) => JSON.parse(text) as Manifest);
}

it(
  'is verified by a restore, from S3 and encrypted',
  async () => {
    expect(await backup(BUCKET, { BACKUP_RECIPIENT: keys.BACKUP_RECIPIENT })).toMatchObject({ code: 0 });
    expect(await verify(BUCKET, keys)).toMatchObject({
      code: 0,
      stderr: NO_ERROR,
      stdout: expect.stringMatching(
        / is whole: \d+ objects, \d+ rows of \d+ tables .* the sums of the report agree/,
      ),
    });
    expect(await lastBackup()).toMatchObject({
      ok: true,
      error: '',
      to: BUCKET,
      verified_at: expect.stringMatching(/^2/),
      verify_error: '',
    });
  },
  COMMANDS_WITHIN_MS,
);

/** Resolves when the erasure is done. */
async function erase(contact_id: string): Promise<void> {
  const { sender } = business;
  const { body } = await sender.call('POST', '/v2/erasures', { contact_ids: [contact_id] });
  const path = `/v2/erasures/${body.erasure_id}` as '/v2/erasures/{id}';
  await untilSeen('the erasure', async () => (await sender.call('GET', path)).body.state, 'done', 300_000);
}

// `npm run drills -- restore` does the same with the machine gone.
itIfLong(
  'taken under load holds each click once that was answered before it, and those of its moment at most once',
  async () => {
    // The one before it, with which it shares what did not change.
    expect(await backup('busy')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the logs go on'),
    });
    const phones = createPhones(system.redirect_url, 8);
    const answered: string[] = [];
    let going = true;
    const tapping = Array.from({ length: 8 }, async (_, lane) => {
      for (let i = lane; going; i = (i + 8) % MESSAGES) {
        const answer = await phones.open(business.messages[i]?.links[0]?.link_id ?? '', PHONE);
        if (answer?.status === 302) answered.push(clickIdOf(answer));
        await new Promise((done) => setTimeout(done, TAP_EVERY_MS));
      }
    });
    await until(
      () => answered.length > 500,
      HANGS_AFTER_MS,
      () => 'no load',
    );
    const sent = await business.sender.send([
      {
        message_id: 'late',
        contact_id: 'late',
        creative_id: business.campaign.creative_ids[0],
        fields: { first_name: 'L' },
      },
    ]);
    const earlier = answered.slice();
    expect(await backup('busy')).toMatchObject({ code: 0 });
    going = false;
    await Promise.all(tapping);
    phones.close();
    expect(answered.length).toBeGreaterThan(earlier.length);
    const [first, second] = await manifestsOf('busy');
    expect(second).toMatchObject({ parent: first?.name });
    const held = second === undefined ? [] : objectsOf(second);
    expect(second?.written.objects).toBeLessThan(held.length);

    // Erased after the backup: the restored copy must not bring it back.
    await erase('late');
    const erasures = join(system.data_dir, 'erasures.ndjson');
    expect(await restore('busy', 'two', { options: ['--erasures', erasures] })).toMatchObject({
      code: 0,
      stderr: NO_ERROR,
      stdout: expect.stringContaining('1 erased contacts'),
    });
    restored = await startSystem({ DATA_DIR: join(folder, 'two') });
    await untilSettled(restored, business.clicks + earlier.length, MESSAGES + 1);
    const result = await restored.clickhouse.query({
      query: 'SELECT click_id FROM clicks',
      format: 'JSONCompactEachRow',
    });
    const ids = (await result.json<[string]>()).map(([id]) => id);
    const stored = new Set(ids);
    expect(ids).toHaveLength(stored.size);
    expect(earlier.filter((id) => !stored.has(id))).toEqual([]);
    const sends = await restored.clickhouse.query({
      query:
        "SELECT DISTINCT if(startsWith(contact_id, 'erased_'), 'erased', contact_id) AS contact FROM sends WHERE message_id = 'late'",
      format: 'JSONEachRow',
    });
    expect(await sends.json()).toEqual([{ contact: 'erased' }]);
    const link_id = sent[0]?.links[0]?.link_id ?? '';
    expect((await fetch(`${restored.redirect_url}/${link_id}`, { redirect: 'manual' })).status).toBe(302);
  },
  COMMANDS_WITHIN_MS,
);

it(
  'refuses the place of another installation, a running one, and a damaged backup',
  async () => {
    expect(await backup('busy')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the logs go on'),
    });
    await mkdir(join(folder, 'other/manifests'), { recursive: true });
    const [made] = await manifestsOf('busy');
    await writeFile(join(folder, 'other/manifests/a.json'), JSON.stringify({ ...made, installation: 'b' }));
    expect(await backup('other')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds backups of another installation'),
    });
    expect(await lastBackup()).toMatchObject({
      ok: false,
      error: expect.stringContaining('another installation'),
    });
    expect(
      await runTrackly(['restore', '--from', join(folder, 'busy')], {
        DATA_DIR: system.data_dir,
      }),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stop the system'),
    });

    const clicks = (await manifestsOf('busy')).at(-1)?.tables.find(({ table }) => table === 'clicks');
    const damaged = clicks?.parts[0]?.name ?? '';
    const bytes = await readFile(join(folder, 'busy', damaged));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(join(folder, 'busy', damaged), bytes);
    expect(await verify('busy')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${damaged} of the backup has changed since it was written`),
    });
    expect(await lastBackup()).toMatchObject({ verify_error: expect.stringContaining('has changed') });
    expect(await restore('nothing', 'three')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no backup'),
    });
  },
  COMMANDS_WITHIN_MS,
);
