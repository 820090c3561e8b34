/**
 * `trackly backup [--to <place>] [--follow]`: writes an installation, running or not, to a folder or to S3-compatible
 * storage; with --follow again and again. `trackly backup list`, `trackly backup verify`: what is there, and whether it
 * can be restored. What the last backup did is noted in Redis, for alarms. A failure ends with one sentence and status 1.
 */
import { type Config, readConfig } from '../config.ts';
import type { ObjectStore } from '../platform/object-store/object-store.ts';
import { Sleeper } from '../platform/sleep.ts';
import { alone, noteBackup } from '../records/backup/last-backup.ts';
import { type MadeBackup, makeBackup } from '../records/backup/make-backup.ts';
import { listBackups, readManifest } from '../records/backup/manifest.ts';
import { assertMayWrite, Manifests, openStore } from '../records/backup/place.ts';
import type { Tell } from '../records/write-in-groups.ts';
import { holderOf } from '../supervisor/data-folder.ts';
import { useInstallation } from './connect-installation.ts';
import { readArguments, reasonOf, UsageError } from './errors.ts';
import { verifyBackup } from './verify-backup.ts';

/** How long a backup waits for another one of the installation. */
const OTHER_ENDS_WITHIN_MS = 600_000;

export async function backup(args: string[]): Promise<void> {
  const options = {
    to: { type: 'string' },
    from: { type: 'string' },
    backup: { type: 'string' },
    follow: { type: 'boolean' },
  } as const;
  const { values, positionals } = readArguments(args, options, 1);
  const config = readConfig();
  const place = values.to ?? values.from ?? config.backup.to;
  const store = await openStore(place, config.backup.s3, {
    folder: config.data_dir,
    reserve_bytes: config.disk_reserve_bytes,
  });
  const [what = 'make'] = positionals;
  if (what === 'list') await list(store);
  else if (what === 'verify') await verifyBackup(config, store, values.backup);
  else if (what !== 'make') throw new UsageError(`"${what}" is neither list nor verify`);
  else {
    assertMayWrite(place, config.backup.recipients, config.backup.plain);
    const manifests = new Manifests(store);
    if (values.follow === true) await follow(config, store, manifests);
    else console.log(await backUp(config, store, manifests, false));
  }
}

const number = (value: number): string => value.toLocaleString('en');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function list(store: ObjectStore): Promise<void> {
  for (const name of await listBackups(store)) {
    const { tables, follows, written } = await readManifest(store, name);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    console.log(
      `${name}  ${number(rows)} rows, ${megabytes(written.bytes)} new${follows ? ', follows' : ''}`,
    );
  }
}

/** One backup; resolves with the sentence that says what it holds. */
async function backUp(
  config: Config,
  store: ObjectStore,
  manifests: Manifests,
  follows: boolean,
): Promise<string> {
  const { keep, recipients } = config.backup;
  const started = performance.now();
  let said = '';
  await useInstallation(config, { may_be_new: false }, async ({ redis, clickhouse, source }, tell) => {
    const told: Tell = follows ? () => {} : tell;
    const finished = (ok: boolean, error: string) => ({
      finished_at: new Date().toISOString(),
      seconds: Number(((performance.now() - started) / 1_000).toFixed(1)),
      source,
      to: store.place,
      ok,
      error,
    });
    try {
      const ground = { redis, clickhouse, data_dir: config.data_dir, tell: told };
      const target = { store, manifests, keep, recipients, follows };
      const made = await alone(redis, OTHER_ENDS_WITHIN_MS, () => makeBackup(ground, target));
      said = sentenceOf(made, source, store.place);
      await noteBackup(redis, { ...finished(true, ''), ...numbersOf(made) });
    } catch (error) {
      await noteBackup(redis, finished(false, reasonOf(error))).catch(() => {});
      throw error;
    }
  });
  return said;
}

function numbersOf({ manifest }: MadeBackup): { succeeded_at: string; rows: number; bytes_written: number } {
  const [day, hours, minutes, seconds] = /^(.{10})T(\d\d)-(\d\d)-(\d\d)/.exec(manifest.name)?.slice(1) ?? [];
  return {
    succeeded_at: `${day}T${hours}:${minutes}:${seconds}Z`,
    rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
    bytes_written: manifest.written.bytes,
  };
}

function sentenceOf({ manifest, paused_ms, removed }: MadeBackup, source: string, place: string): string {
  const { tables, state, written, name } = manifest;
  const counts = tables.map(({ table, rows }) => `${number(rows)} ${table}`);
  const old = removed === 0 ? '' : ` ${number(removed)} older removed.`;
  return `The backup of ${source} is in ${place} as ${name}: rows of ${counts.join(', ')}, and ${number(state.rows)} keys of Redis; ${megabytes(written.bytes)} of it new. Workers paused for ${(paused_ms / 1_000).toFixed(1)} s.${old}`;
}

/** Until SIGINT or SIGTERM. A failed backup is said, and made again at the next turn. */
async function follow(config: Config, store: ObjectStore, manifests: Manifests): Promise<void> {
  const sleeper = new Sleeper();
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      ending = true;
      sleeper.wake();
    });
  }
  const own = config.redis_url === undefined || config.clickhouse_url === undefined;
  console.log(`Backups go to ${store.place} every ${config.backup.every_s} s.`);
  while (!ending) {
    const started = performance.now();
    try {
      if (own && (await holderOf(config.data_dir)) === undefined) console.error('· the system does not run');
      else await backUp(config, store, manifests, true);
    } catch (error) {
      console.error(`· no backup: ${reasonOf(error)}`);
    }
    const left_ms = config.backup.every_s * 1_000 - (performance.now() - started);
    if (!ending && left_ms > 0) await sleeper.sleep(left_ms);
  }
}
