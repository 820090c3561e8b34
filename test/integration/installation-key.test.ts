/** The installation key on several machines: rotations, copies, a Redis that lost its data or is away. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { INSTALLATION_KEY, InstallationKeys, readKeyRing } from '../../src/access/installation-key.ts';
import { acceptedKeys, signingKey } from '../../src/access/key-ring.ts';
import { connectRedis, type RedisClient } from '../../src/platform/redis.ts';
import { startRedis } from '../support/redis.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

const HOUR_MS = 3_600_000;

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;
let root: string;
const opened: InstallationKeys[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
  root = await mkdtemp(join(tmpdir(), 'trackly-key-'));
});
afterEach(async () => {
  for (const keys of opened.splice(0)) keys.close();
  await redis.flushall();
});
afterAll(async () => {
  await server?.stop();
  if (root !== undefined) await rm(root, { recursive: true });
});

let machines = 0;
const machine = (): string => join(root, String(++machines));

async function open(data_dir: string): Promise<InstallationKeys> {
  const keys = await InstallationKeys.open(redis, data_dir);
  opened.push(keys);
  return keys;
}

const textOf = (keys: InstallationKeys): string => JSON.stringify(keys.ring);
const copyOf = (data_dir: string): Promise<string> => readFile(join(data_dir, 'installation.key'), 'utf8');

it('is one key for processes that start at the same time, and nobody else can read its copies', async () => {
  const folders = [machine(), machine(), machine()];
  const all = await Promise.all(folders.flatMap((folder) => [open(folder), open(folder)]));
  expect(new Set(all.map(textOf)).size).toBe(1);
  for (const folder of folders) {
    expect(await copyOf(folder)).toBe(`{"keys":${textOf(all[0] as InstallationKeys)}}\n`);
    expect((await stat(join(folder, 'installation.key'))).mode & 0o077).toBe(0);
  }
});

it('is rotated by several at once without losing a key, and every machine learns it', async () => {
  const folders = [machine(), machine()];
  const [a, b] = (await Promise.all(folders.map(open))) as [InstallationKeys, InstallationKeys];
  await Promise.all([a.rotate(HOUR_MS, false), b.rotate(HOUR_MS, false)]);
  await until(
    async () => {
      const copies = await Promise.all(folders.map(copyOf));
      return textOf(a) === textOf(b) && a.ring.length === 3 && new Set(copies).size === 1;
    },
    HANGS_AFTER_MS,
    () => `${textOf(a)}\n${textOf(b)}`,
  );
  expect(a.ring.filter(({ ends_at_ms }) => ends_at_ms === null)).toHaveLength(1);
  const now_ms = Date.now() + 10_000;
  expect(acceptedKeys(a, now_ms)).toHaveLength(3);
  expect(acceptedKeys(a, now_ms + HOUR_MS)).toEqual([signingKey(a, now_ms)]);
});

it('comes back from the copies after Redis lost its data, also where one of them missed a rotation', async () => {
  const [newer, older] = [machine(), machine()];
  const keys = await open(newer);
  const missed = await readKeyRing(redis, older);
  await keys.rotate(HOUR_MS, true);
  const rotated = textOf(keys);
  keys.close();
  await redis.flushall();
  // The machine that was off during the rotation starts first.
  expect(await readKeyRing(redis, older)).toEqual(missed);
  expect(JSON.stringify(await readKeyRing(redis, newer))).toBe(rotated);
  expect(JSON.stringify(await readKeyRing(redis, older))).toBe(rotated);
  // One that runs gives it back by itself.
  const running = await open(newer);
  await redis.flushall();
  await until(
    async () => (await redis.get(INSTALLATION_KEY)) === `{"keys":${textOf(running)}}`,
    HANGS_AFTER_MS,
    () => 'the ring is not in Redis again',
  );
  expect(textOf(running)).toBe(rotated);
});

it('stands in while Redis is down, where there is a copy; a copy that is no ring counts as none', async () => {
  const folder = machine();
  const ring = await readKeyRing(redis, folder);
  const away = connectRedis({ url: 'redis://127.0.0.1:1', cluster: false }, 'fast');
  expect(await readKeyRing(away, folder)).toEqual(ring);
  await expect(readKeyRing(away, machine())).rejects.toThrow();
  await writeFile(join(folder, 'installation.key'), '{"keys":[');
  await expect(readKeyRing(away, folder)).rejects.toThrow();
  away.disconnect();
  expect(await readKeyRing(redis, folder)).toEqual(ring);
  expect(await copyOf(folder)).toBe(`{"keys":${JSON.stringify(ring)}}\n`);
});
