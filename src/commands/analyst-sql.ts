/** `trackly analyst-sql`: prints the SQL for an external ClickHouse server; see server-sql.ts. */
import { analystSql } from '../analysts/server-sql.ts';
import { keptPasswords } from '../clickhouse/embedded/passwords.ts';
import { readConfig } from '../config.ts';
import { readArguments } from './errors.ts';

export async function printAnalystSql(args: string[]): Promise<void> {
  readArguments(args, {});
  const { data_dir, clickhouse_cluster } = readConfig();
  const { analyst } = await keptPasswords(data_dir);
  process.stdout.write(analystSql(analyst, clickhouse_cluster));
}
