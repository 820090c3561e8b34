/**
 * Rebuilds message records that have left Redis from their sends in ClickHouse, until those expire. With ClickHouse
 * down a read rejects.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { STORED_SETTINGS } from '../clickhouse/columns.ts';
import type { ArchiveSource } from '../records/archive.ts';
import { messageRoute } from './message-event.ts';
import { encodeMessage, recordOf } from './message-store.ts';
import type { Send } from './send.ts';
import { type SendRow, sendOfRow, sendsWhere } from './send-table.ts';

const PREFIX = 'message:';
/** `message:{p0}:<account_id>:<message_id>`; an account's id holds no colon. */
const KEY = /^message:\{p\d+\}:(([^:]+):(.+))$/s;

export const messageSource: ArchiveSource = { prefix: PREFIX, leaves: true, bring_back_s: 0, read };

async function read(clickhouse: ClickHouseClient, keys: readonly string[]): Promise<Map<string, string>> {
  const wanted = keys.flatMap((key) => {
    const [, , account_id, message_id] = KEY.exec(key) ?? [];
    return account_id === undefined || message_id === undefined ? [] : [{ account_id, message_id }];
  });
  const result = await clickhouse.query({
    query: sendsWhere(
      "account_id IN {account_ids:Array(String)} AND message_id IN {message_ids:Array(String)} AND expires_at > now() AND import_id = ''",
    ),
    query_params: {
      account_ids: [...new Set(wanted.map(({ account_id }) => account_id))],
      message_ids: wanted.map(({ message_id }) => message_id),
    },
    format: 'JSONEachRow',
    clickhouse_settings: STORED_SETTINGS,
  });
  const sends: Send[] = (await result.json<SendRow>()).map(sendOfRow);
  const records = new Map(sends.map((send) => [messageRoute(send), encodeMessage(recordOf(send))]));
  // Whatever partition a key names: the message may have moved to another.
  return new Map(
    keys.flatMap((key): [string, string][] => {
      const record = records.get(KEY.exec(key)?.[1] ?? '');
      return record === undefined ? [] : [[key, record]];
    }),
  );
}
