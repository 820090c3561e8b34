/**
 * `trackly spool list | import <folder> [--incomplete] | forget <owner>`: answered clicks that wait in spools. `import`
 * sends those of a folder that was copied from another machine to Redis; running it again changes nothing. `forget`
 * gives up a spool whose disk is lost: the click ledger then counts its clicks as lost.
 */
import { resolve } from 'node:path';
import { CLICKS_LOG } from '../clicks/click.ts';
import { type ImportOptions, importSpool } from '../clicks/import-spool.ts';
import { readSpools, tellEmptied } from '../clicks/spools.ts';
import { readConfig } from '../config.ts';
import { append, MINUTE_MS } from '../log/append.ts';
import { allPartitions } from '../log/partitions.ts';
import { type Installation, useInstallation } from './connect-installation.ts';
import { readArguments, UsageError } from './errors.ts';

export async function spool(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args, { incomplete: { type: 'boolean' } }, 2);
  const [verb = 'list', what] = positionals;
  if (!['list', 'import', 'forget'].includes(verb)) throw new UsageError(`there is no verb "${verb}"`);
  if (verb === 'import' && what === undefined) throw new UsageError('give the folder of a spool');
  if (verb !== 'import' && values.incomplete) throw new UsageError('--incomplete is for import');
  if (verb === 'forget' && what === undefined)
    throw new UsageError('give the owner of a spool, as list shows it');
  const config = readConfig();
  await useInstallation(config, { may_be_new: false }, async (installation, tell) => {
    if (what === undefined || verb === 'list') await list(installation);
    else if (verb === 'forget') await forget(installation, what);
    else {
      const bytes_max = config.log_bytes_max;
      await send(installation, resolve(what), { bytes_max, incomplete: values.incomplete ?? false, tell });
    }
  });
}

const clicksOf = (count: number): string => `${count} ${count === 1 ? 'click' : 'clicks'}`;

async function list({ redis, clickhouse }: Installation): Promise<void> {
  const spools = await readSpools(redis, clickhouse, Date.now());
  for (const { owner, host, folder, clicks, bytes, at_ms } of spools) {
    console.log(
      `${owner}  ${clicksOf(clicks)}, ${bytes} bytes  on ${host} in ${folder}, last seen ${new Date(at_ms).toISOString()}`,
    );
  }
  const sum = spools.reduce((total, { clicks }) => total + clicks, 0);
  console.log(`${clicksOf(sum)} in ${spools.length} ${spools.length === 1 ? 'spool' : 'spools'}`);
}

async function send(
  { redis, clickhouse }: Installation,
  folder: string,
  options: Omit<ImportOptions, 'told'>,
): Promise<void> {
  const told = await readSpools(redis, clickhouse, Date.now());
  const { clicks, added } = await importSpool(redis, folder, { ...options, told });
  console.log(
    `${folder} has ${clicksOf(clicks)}: ${added} were sent to Redis now, ${clicks - added} were there before. They are counted as soon as a worker runs; the folder may be removed.`,
  );
}

async function forget({ redis, clickhouse }: Installation, owner: string): Promise<void> {
  const known = (await readSpools(redis, clickhouse, Date.now())).find((one) => one.owner === owner);
  if (known === undefined)
    throw new UsageError(`no spool of "${owner}" is known: trackly spool list names them`);
  const { clicks, process, host } = known;
  const minute = Math.floor(Date.now() / MINUTE_MS);
  const entry = {
    partition: allPartitions()[0] as number,
    producer: `${owner}-forgotten`,
    sequence: 1,
    rows: 0,
    payload: '',
    process,
  };
  const notes = ['answered', 'lost'].map((stage) => ({ minute, stage, rows: clicks }));
  await append(redis, CLICKS_LOG, entry, notes);
  await tellEmptied(redis, owner, Date.now());
  console.log(
    `${clicksOf(clicks)} of ${process} on ${host} are given up: the click ledger counts them as lost.`,
  );
}
