/**
 * Row policies of the embedded engine. Its only user owns everything; so ClickHouse is opened with a users file in
 * which that user, too, sees the rows of one account, unless the session carries the key of this process. All
 * sessions of the system carry it; a confined one carries the key and its account. The policies are ClickHouse's
 * own: they come before anything that a statement computes, so that not even an error message shows a foreign row.
 *
 * The key stands in a setting that has no other use here. A session without it sees nothing, and what it inserts
 * does not reach the views: the front keeps everyone from naming that setting.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../statement.ts';

/** Labels entries of the query cache, which is off. */
export const CARRIER = 'query_cache_tag';
const FOLDER = 'access';

/** What confined sessions may see of one database. */
export interface RowRules {
  database: string;
  /** Tables of which a session sees the rows with its own `account_id`. */
  own: readonly string[];
  /** Views over these. */
  views: readonly string[];
  /** Tables and materialized views that it can't see. */
  hidden: readonly string[];
}

export interface Access {
  rules: RowRules;
  /** Arguments that the engine is opened with. */
  args: string[];
  /** Never shown to anyone. */
  key: string;
}

/** Writes the policies below `folder`, with a new key. The engine reads them when it opens. */
export function prepareAccess(folder: string, rules: RowRules): Access {
  const key = randomBytes(16).toString('hex');
  const access = join(folder, FOLDER);
  mkdirSync(access, { recursive: true, mode: 0o700 });
  const config = join(access, 'config.xml');
  const users = join(access, 'users.xml');
  const write = (path: string, xml: string): void =>
    writeFileSync(path, `<clickhouse>${xml}</clickhouse>\n`, { mode: 0o600 });
  write(config, `<users_config>${users}</users_config>`);
  write(
    users,
    `<profiles><default/></profiles><quotas><default/></quotas><users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><databases>${policies(rules, key)}</databases></default></users>`,
  );
  return { rules, args: [`--config-file=${config}`], key };
}

function policies({ database, own, views, hidden }: RowRules, key: string): string {
  const carried = `getSetting('${CARRIER}')`;
  const system = `${carried} = '${key}'`;
  const account = `if(startsWith(${carried}, '${key}'), substring(${carried}, ${key.length + 1}), '')`;
  const names = [...own, ...views].map(quote).join(', ');
  const filter = (table: string, seen: string): string =>
    `<${table}><filter>${system} OR (${seen})</filter></${table}>`;
  return [
    `<${database}>`,
    ...own.map((table) => filter(table, `account_id = ${account}`)),
    ...hidden.map((table) => filter(table, '0')),
    `</${database}><system>`,
    filter('databases', `name = ${quote(database)}`),
    filter('tables', `database = ${quote(database)} AND name IN (${names})`),
    filter('columns', `database = ${quote(database)} AND table IN (${names})`),
    filter('settings', `name != '${CARRIER}'`),
    filter('processes', '0'),
    '</system>',
  ].join('');
}
