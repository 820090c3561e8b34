/**
 * `trackly sql "SELECT …" [--format JSON]`: runs one statement on the running ClickHouse, embedded or external, and
 * prints the result.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { READ_SETTINGS } from '../clickhouse/cluster-node.ts';
import { firstAddress } from '../clickhouse/node-addresses.ts';
import { readConfig } from '../config.ts';
import { readArguments, UsageError } from './errors.ts';

export async function sql(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args, { format: { type: 'string' } }, 1);
  const [statement] = positionals;
  if (statement === undefined) throw new UsageError('give one statement');
  const config = readConfig();
  const kept = await readFile(join(config.data_dir, 'clickhouse.url'), 'utf8').catch(() => undefined);
  const address = config.clickhouse_url ?? kept?.trim();
  if (address === undefined) {
    throw new Error(`nothing was started on ${config.data_dir} yet: run npm start, or set CLICKHOUSE_URL`);
  }
  const url = new URL(firstAddress(address));
  const headers: Record<string, string> = {};
  if (url.username !== '') {
    headers['authorization'] =
      `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  url.searchParams.set('database', 'trackly');
  if (config.clickhouse_cluster !== undefined) {
    for (const [name, value] of Object.entries(READ_SETTINGS)) url.searchParams.set(name, String(value));
  }
  const format = values.format ?? (process.stdout.isTTY ? 'PrettyCompact' : 'TabSeparatedWithNames');
  url.searchParams.set('default_format', format);
  const response = await fetch(url, { method: 'POST', body: statement, headers }).catch(() => {
    throw new Error(`ClickHouse does not answer at ${url.host}: is the system running?`);
  });
  const result = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(result.toString('utf8').trim());
  process.stdout.write(result);
}
