/**
 * Reads the clicks that conversions could be credited to, with their verdicts as they stand: those of the contact on the
 * offer, whichever message they are on, or those of the link, where it names no contact. Expired clicks are gone, and
 * none was turned away by a cap. With
 * ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { pickColumns, readColumns, STORED_SETTINGS } from '../../clickhouse/columns.ts';
import { parameterChunks } from '../../clickhouse/parameter-chunks.ts';
import { WAS_TURNED_AWAY } from '../../clicks/click.ts';
import { CLICK_FIELDS } from '../../clicks/click-fields.ts';
import type { Conversion } from '../conversion.ts';
import { type Candidate, CLOCK_TOLERANCE_MS } from './choose-click.ts';

const DAY_MS = 24 * 3_600_000;
/** Clicks of one contact on one offer, or of one link, that are searched: the newest. */
export const CANDIDATES_MAX = 1_000;

const COLUMNS = readColumns(
  pickColumns(CLICK_FIELDS, [
    ...(['click_id', 'clicked_at', 'link_id', 'link_key', 'message_id', 'contact_id', 'offer_id'] as const),
    ...(['creative_id', 'campaign_id', 'variant_id', 'domain', 'sent_at', 'visitor', 'verdict'] as const),
    'is_first_for_offer',
  ]),
);

/** What the candidates of a conversion have in common. */
export type Searched = Pick<Conversion, 'offer_id' | 'converted_at_ms'> & {
  subject: Pick<Conversion['subject'], 'contact_id' | 'link_id'>;
  terms: Pick<Conversion['terms'], 'click_window_days'>;
};
type Row = Candidate & { offer_id: string };

/** Newest first, for each of the conversions in order; also those that its time or their verdicts rule out. */
export async function readCandidates(
  clickhouse: ClickHouseClient,
  account_id: string,
  conversions: readonly Searched[],
): Promise<Candidate[][]> {
  const found = new Map<string, Row[]>();
  for (const column of ['contact_id', 'link_id'] as const) {
    const of = conversions.filter(({ subject }) => (subject.contact_id === '') === (column === 'link_id'));
    for (const part of parameterChunks(of, ({ subject }) => subject[column])) {
      const rows = await readClicks(clickhouse, account_id, column, part);
      for (const [key, own] of Map.groupBy(rows, keyOf)) found.set(key, own);
    }
  }
  return conversions.map(({ subject, offer_id }) => found.get(keyOf({ ...subject, offer_id })) ?? []);
}

const keyOf = ({ contact_id, link_id, offer_id }: Pick<Row, 'contact_id' | 'link_id' | 'offer_id'>): string =>
  JSON.stringify([contact_id, contact_id === '' ? link_id : '', offer_id]);

async function readClicks(
  clickhouse: ClickHouseClient,
  account_id: string,
  column: 'contact_id' | 'link_id',
  conversions: readonly Searched[],
): Promise<Row[]> {
  const times = conversions.map((one) => one.converted_at_ms);
  const days = Math.max(...conversions.map(({ terms }) => terms.click_window_days));
  const range = {
    account_id,
    from_ms: Math.max(0, Math.min(...times) - days * DAY_MS),
    to_ms: Math.max(...times) + CLOCK_TOLERANCE_MS,
  };
  const between = `account_id = {account_id:String}
    AND clicked_at >= fromUnixTimestamp64Milli({from_ms:Int64})
    AND clicked_at <= fromUnixTimestamp64Milli({to_ms:Int64})`;
  const settings = {
    ...STORED_SETTINGS,
    // On a replicated server: only from a replica that has every confirmed insert.
    select_sequential_consistency: '1',
  } as const;
  const result = await clickhouse.query({
    query: `SELECT ${COLUMNS} FROM trackly.clicks
      WHERE ${between} AND ${column} IN {ids:Array(String)} AND offer_id IN {offer_ids:Array(String)}
        AND import_id = '' AND NOT ${WAS_TURNED_AWAY}
        ${column === 'link_id' ? "AND contact_id = ''" : ''}
      ORDER BY clicked_at DESC, click_id DESC LIMIT {limit:UInt32} BY ${column}, offer_id`,
    query_params: {
      ...range,
      limit: CANDIDATES_MAX,
      ids: [...new Set(conversions.map(({ subject }) => subject[column]))],
      offer_ids: [...new Set(conversions.map(({ offer_id }) => offer_id))],
    },
    format: 'JSONEachRow',
    clickhouse_settings: settings,
  });
  const rows = await result.json<Row>();
  for (const part of parameterChunks(rows, ({ click_id }) => click_id)) {
    const changed = await clickhouse.query({
      query: `SELECT click_id, verdict, is_first_for_offer FROM trackly.verdicts
        WHERE ${between} AND sign = 1 AND click_id IN {click_ids:Array(String)}
        ORDER BY change DESC LIMIT 1 BY click_id`,
      query_params: { ...range, click_ids: part.map(({ click_id }) => click_id) },
      format: 'JSONEachRow',
      clickhouse_settings: settings,
    });
    const lines = await changed.json<Pick<Row, 'click_id' | 'verdict' | 'is_first_for_offer'>>();
    const standing = new Map(lines.map((line) => [line.click_id, line]));
    for (const row of part) Object.assign(row, standing.get(row.click_id));
  }
  return rows;
}
