/**
 * The files of exports, in ClickHouse (trackly.export_files). With ClickHouse down every call rejects; each is safe to
 * repeat.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { parameterChunks } from '../../clickhouse/parameter-chunks.ts';
import type { Export, Place, WindowBy } from './export.ts';
import type { ManifestFile, Window } from './file-names.ts';

/** Names what a file with the manifest of others is. */
export const MANIFEST = 'manifest';

export interface Noted extends Window {
  name: string;
  dataset: string;
}

export interface Written {
  rows: number;
  bytes: number;
  sha256: string;
}

/** What placeOf says of files below EXPORT_DIR. */
export const FOLDER = 'exports';

/** Where the files of an export are, for people. */
export const placeOf = ({ destination }: Pick<Export, 'destination'>): string =>
  destination.kind === 'folder'
    ? FOLDER
    : `s3://${destination.bucket}${destination.prefix === '' ? '' : `/${destination.prefix}`}`;

/** Notes a file that is begun, or with `written` that it is whole. */
export async function noteFile(
  clickhouse: ClickHouseClient,
  one: Export,
  { name, dataset, from_ms, to_ms }: Noted,
  written?: Written,
): Promise<void> {
  await clickhouse.insert({
    table: 'trackly.export_files',
    values: [
      {
        account_id: one.account_id,
        export_id: one.export_id,
        ...{ name, dataset, from_at: from_ms, to_at: to_ms },
        place: placeOf(one),
        window_by: one.window_by,
        ...(written ?? { rows: 0, bytes: 0, sha256: '' }),
        version: written === undefined ? 1 : 2,
        noted_at: Date.now(),
      },
    ],
    format: 'JSONEachRow',
    clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
  });
}

const COLUMNS = `name, dataset, formatDateTime(from_at, '%Y-%m-%dT%H:%i:%SZ') AS \`from\`, formatDateTime(to_at, '%Y-%m-%dT%H:%i:%SZ') AS \`to\`,
  toUInt64(rows) AS rows, bytes, sha256`;
const OF_EXPORT = `FROM trackly.export_files FINAL
  WHERE account_id = {account_id:String} AND export_id = {export_id:String} AND version = 2`;
const SETTINGS = { output_format_json_quote_64bit_integers: 0 } as const;

/** The whole files of a window, or of all; without manifests. In the order in which they were written. */
export async function filesOf(
  clickhouse: ClickHouseClient,
  { account_id, export_id }: Place,
  window?: Window,
): Promise<ManifestFile[]> {
  const within =
    window === undefined
      ? ''
      : 'AND from_at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND to_at <= fromUnixTimestamp64Milli({to_ms:Int64})';
  const result = await clickhouse.query({
    query: `SELECT ${COLUMNS} ${OF_EXPORT} AND dataset != '${MANIFEST}' ${within} ORDER BY from_at, dataset, name`,
    query_params: { account_id, export_id, ...window },
    format: 'JSONEachRow',
    clickhouse_settings: SETTINGS,
  });
  return result.json<ManifestFile>();
}

/** A page of all whole files, newest windows first, with their number. */
export async function listFiles(
  clickhouse: ClickHouseClient,
  { account_id, export_id }: Place,
  { page, per_page }: { page: number; per_page: number },
): Promise<{ files: ManifestFile[]; total: number }> {
  const params = { account_id, export_id, limit: per_page, offset: (page - 1) * per_page };
  const ask = async <Row>(query: string): Promise<Row[]> =>
    (
      await clickhouse.query({
        query,
        query_params: params,
        format: 'JSONEachRow',
        clickhouse_settings: SETTINGS,
      })
    ).json<Row>();
  const [files, counted] = await Promise.all([
    ask<ManifestFile>(
      `SELECT ${COLUMNS} ${OF_EXPORT} ORDER BY from_at DESC, dataset, name LIMIT {limit:UInt32} OFFSET {offset:UInt64}`,
    ),
    ask<{ total: number }>(`SELECT count() AS total ${OF_EXPORT}`),
  ]);
  return { files, total: counted[0]?.total ?? 0 };
}

/** A whole file by its name; undefined where the export has none of that name. */
export async function findFile(
  clickhouse: ClickHouseClient,
  { account_id, export_id }: Place,
  name: string,
): Promise<ManifestFile | undefined> {
  const result = await clickhouse.query({
    query: `SELECT ${COLUMNS} ${OF_EXPORT} AND name = {name:String}`,
    query_params: { account_id, export_id, name },
    format: 'JSONEachRow',
    clickhouse_settings: SETTINGS,
  });
  return (await result.json<ManifestFile>())[0];
}

/** The rows behind lines that name a contact, by dataset, with the times that windows are of. */
const NAMING: readonly {
  datasets: readonly string[];
  rows: string;
  times: Readonly<Record<WindowBy, string>>;
}[] = [
  {
    datasets: ['clicks', 'contacts'],
    rows: `trackly.clicks WHERE account_id = {account_id:String} AND contact_id IN {ids:Array(String)}`,
    times: { event: 'clicked_at', sent: 'sent_at', stored: 'inserted_at' },
  },
  {
    datasets: ['clicks', 'contacts'],
    rows: `trackly.verdicts WHERE account_id = {account_id:String} AND click_id IN (
      SELECT click_id FROM trackly.clicks WHERE account_id = {account_id:String} AND contact_id IN {ids:Array(String)})`,
    times: { event: 'clicked_at', sent: 'sent_at', stored: 'judged_at' },
  },
  {
    datasets: ['sends', 'contacts'],
    rows: `trackly.sends WHERE account_id = {account_id:String} AND contact_id IN {ids:Array(String)}`,
    times: { event: 'sent_at', sent: 'sent_at', stored: 'inserted_at' },
  },
  {
    datasets: ['sends', 'contacts'],
    rows: `trackly.deliveries WHERE account_id = {account_id:String} AND state = 'cancelled' AND message_id IN (
      SELECT message_id FROM trackly.sends WHERE account_id = {account_id:String} AND contact_id IN {ids:Array(String)})`,
    times: { event: 'sent_at', sent: 'sent_at', stored: 'inserted_at' },
  },
  {
    datasets: ['conversions', 'contacts'],
    rows: `trackly.conversions WHERE account_id = {account_id:String}
      AND (contact_id IN {ids:Array(String)} OR subject_contact_id IN {ids:Array(String)})`,
    times: { event: 'converted_at', sent: 'sent_at', stored: 'inserted_at' },
  },
];

export interface NamingFile {
  export_id: string;
  place: string;
  name: string;
}

const NAMING_QUERY = NAMING.flatMap(({ datasets, rows, times }) =>
  (Object.keys(times) as WindowBy[]).map(
    (by) => `SELECT file.export_id AS export_id, file.place AS place, file.name AS name
      FROM (SELECT export_id, place, name, from_at, to_at FROM trackly.export_files FINAL
        WHERE account_id = {account_id:String} AND window_by = '${by}'
          AND dataset IN (${datasets.map((name) => `'${name}'`).join(', ')})) AS file
      CROSS JOIN (SELECT DISTINCT ${times[by]} AS at FROM ${rows}) AS row
      WHERE row.at >= file.from_at AND row.at < file.to_at`,
  ),
).join('\n UNION ALL ');

/**
 * The files, whole or begun, that have a line of one of the contacts, whatever was filtered. To be asked before their rows
 * are changed. At most `limit`, in order.
 */
export async function filesNaming(
  clickhouse: ClickHouseClient,
  account_id: string,
  contact_ids: readonly string[],
  limit: number,
): Promise<NamingFile[]> {
  const any = await clickhouse.query({
    query: 'SELECT 1 FROM trackly.export_files WHERE account_id = {account_id:String} LIMIT 1',
    query_params: { account_id },
    format: 'JSONEachRow',
  });
  if ((await any.json()).length === 0) return [];
  const found = new Map<string, NamingFile>();
  for (const ids of parameterChunks(contact_ids, (id) => id)) {
    const result = await clickhouse.query({
      query: `SELECT DISTINCT export_id, place, name FROM (${NAMING_QUERY}) ORDER BY export_id, name LIMIT {limit:UInt32}`,
      query_params: { account_id, ids, limit },
      format: 'JSONEachRow',
    });
    for (const file of await result.json<NamingFile>()) found.set(`${file.export_id} ${file.name}`, file);
  }
  return [...found.values()].slice(0, limit);
}
