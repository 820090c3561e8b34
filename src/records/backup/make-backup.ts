/**
 * Makes a backup of an installation, running or not: the logs pause until no batch is open, Redis is read, the tables
 * of ClickHouse are snapshotted, and the logs resume while the snapshot is written out. Clicks are accepted all the
 * time. The backup holds the state of that moment, and is one once its manifest is written; then older ones are removed.
 * When Redis, ClickHouse or the place fail, it ends with the first error, and what it wrote is removed.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { movingKey } from '../../clicks/click-ledger.ts';
import { allPartitions } from '../../log/partitions.ts';
import { pauseLogs } from '../../log/pause.ts';
import { type ObjectStore, putText } from '../../platform/object-store/object-store.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';
import { sleep } from '../../platform/sleep.ts';
import type { Tell } from '../write-in-groups.ts';
import {
  appliedMigrations,
  BackupError,
  FORMAT,
  installationMark,
  type Manifest,
  manifestName,
  type ObjectEntry,
  objectsOf,
  PARTS,
  STATES,
} from './manifest.ts';
import { type Recipients, writeObject } from './objects.ts';
import { keySuffix, type Manifests, removeOld } from './place.ts';
import { LOGS } from './redis-keys.ts';
import { readState } from './state.ts';
import { dropBeside, holdTables, openBeside, readSums, type Table, writeTables } from './tables.ts';

const MOVING_GONE_WITHIN_MS = 10_000;

export interface BackupGround {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  data_dir: string;
  tell: Tell;
}

export interface BackupTarget {
  store: ObjectStore;
  manifests: Manifests;
  keep: number;
  recipients: Recipients;
  /** This backup replaces the last one that follows, and does not count among those kept. */
  follows: boolean;
}

export interface MadeBackup {
  manifest: Manifest;
  /** How long the workers paused. */
  paused_ms: number;
  /** Backups that were removed because newer ones are enough. */
  removed: number;
}

/** The snapshot of one moment; its rows are still to be written. */
interface Snapshot {
  name: string;
  tables: readonly Table[];
  /** The object of the state, in a file. */
  state: ObjectEntry;
  paused_ms: number;
}

/** Rejects if the backup would be incomplete. One at a time: see alone in last-backup.ts. */
export async function makeBackup(ground: BackupGround, target: BackupTarget): Promise<MadeBackup> {
  const { store, manifests, keep } = target;
  const before = await manifests.all();
  const installation = await installationMark(ground.redis, ground.data_dir);
  if (before.some((one) => one.installation !== installation)) {
    throw new BackupError(`${store.place} holds backups of another installation: give another place.`);
  }
  await store.removeIncomplete();
  const known = await knownObjects(store, before);
  const scratch = await mkdtemp(join(tmpdir(), 'trackly-backup-'));
  const writer = new Writer(store);
  try {
    const made = await write(ground, { ...target, store: writer }, { before, installation, known, scratch });
    const removed = await removeOld(store, await manifests.all(), keep);
    return { ...made, removed };
  } catch (error) {
    await writer.undo();
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await dropBeside(ground.clickhouse).catch(() => {});
  }
}

interface Before {
  before: readonly Manifest[];
  installation: string;
  known: ReadonlyMap<string, ObjectEntry>;
  scratch: string;
}

async function write(
  ground: BackupGround,
  { store, recipients, follows }: BackupTarget & { store: Writer },
  { before, installation, known, scratch }: Before,
): Promise<Omit<MadeBackup, 'removed'>> {
  const { clickhouse, tell } = ground;
  const suffix = keySuffix(recipients);
  const file = join(scratch, 'state');
  const { name, tables, state, paused_ms } = await snapshot(ground, file, recipients);
  await store.put(state.name, createReadStream(file));
  const manifest: Manifest = {
    format: FORMAT,
    name,
    parent: before.at(-1)?.name,
    follows,
    installation,
    migrations: await appliedMigrations(clickhouse),
    tables: await writeTables(clickhouse, tables, {
      store,
      recipients,
      suffix,
      known,
      begun: new Map(),
      tell,
    }),
    state,
    sums: await readSums(clickhouse, 'snapshot'),
    written: { objects: 0, bytes: 0 },
  };
  const objects = new Map(objectsOf(manifest).map((one) => [one.name, one]));
  const written = [...objects.values()].filter((one) => !known.has(one.name));
  manifest.written = { objects: written.length, bytes: written.reduce((sum, { bytes }) => sum + bytes, 0) };
  await putText(store, manifestName(name), `${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, paused_ms };
}

/** Redis is read into a file first, so that a slow place does not make the pause longer. */
async function snapshot(
  { redis, clickhouse, data_dir, tell }: BackupGround,
  file: string,
  recipients: Recipients,
): Promise<Snapshot> {
  tell('waiting until no batch is open');
  const tables = await openBeside(clickhouse);
  const pause = await pauseLogs(redis, LOGS);
  const paused_at = performance.now();
  let taken: Omit<Snapshot, 'paused_ms'>;
  try {
    await untilNothingMoves(redis);
    const name = new Date().toISOString().replaceAll(/[:.]/g, '-');
    const lines = readState(redis, data_dir);
    const into = {
      put: (_: string, chunks: AsyncIterable<Uint8Array>) =>
        pipeline(chunks, createWriteStream(file, { mode: 0o600 })),
    };
    const object = `${STATES}${name}.ndjson.zst${recipients.length > 0 ? '.age' : ''}`;
    const size = await writeObject(into, object, lines.chunks, recipients);
    await holdTables(clickhouse, tables);
    taken = { name, state: { name: object, rows: lines.lines(), ...size }, tables };
  } finally {
    await pause.end();
  }
  tell(`redis: ${taken.state.rows.toLocaleString('en')} lines; the logs go on`);
  return { ...taken, paused_ms: performance.now() - paused_at };
}

/** Objects that earlier backups hold, and that are still there. */
async function knownObjects(
  store: ObjectStore,
  before: readonly Manifest[],
): Promise<Map<string, ObjectEntry>> {
  const there = new Set(before.length > 0 ? await store.list(PARTS) : []);
  const entries = before.flatMap(objectsOf).filter(({ name }) => there.has(name));
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** Remembers what it wrote, to remove it again. */
class Writer implements ObjectStore {
  readonly place: string;
  readonly #store: ObjectStore;
  readonly #written: string[] = [];

  constructor(store: ObjectStore) {
    this.#store = store;
    this.place = store.place;
  }

  async put(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    this.#written.push(name);
    await this.#store.put(name, chunks);
  }

  get = (name: string): AsyncIterable<Uint8Array> => this.#store.get(name);
  list = (prefix: string): Promise<string[]> => this.#store.list(prefix);
  remove = (name: string): Promise<void> => this.#store.remove(name);
  removeIncomplete = (): Promise<void> => this.#store.removeIncomplete();

  /** The manifest first. What can't be removed now is removed by the next backup. */
  async undo(): Promise<void> {
    for (const name of this.#written.toReversed()) {
      try {
        await this.#store.remove(name);
      } catch {
        return;
      }
    }
  }
}

/** Counts of the click ledger that a worker had begun to move to ClickHouse. */
async function untilNothingMoves(redis: RedisClient): Promise<void> {
  const until = performance.now() + MOVING_GONE_WITHIN_MS;
  const moving = allPartitions().map((partition): Command => ['EXISTS', movingKey(partition)]);
  while ((await runAll(redis, moving)).some((there) => there === 1)) {
    if (performance.now() > until) {
      throw new BackupError('no worker moves the pending counts of the click ledger: start the system.');
    }
    await sleep(50);
  }
}
