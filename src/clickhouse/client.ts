/** The one way to ClickHouse. Callers cannot tell the embedded server from a remote one. */
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
  type ResultSet,
} from '@clickhouse/client';

export { type ClickHouseClient, ClickHouseError, type ClickHouseSettings, type ResultSet };

const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTIONS_MAX = 16;

export interface ClickHouseOptions {
  database?: string;
  request_timeout_ms?: number;
}

/** Opens lazily; every call rejects while ClickHouse is down. `url` may carry user and password. */
export function createClickHouse(url: string, options: ClickHouseOptions = {}): ClickHouseClient {
  return createClient({
    url,
    request_timeout: options.request_timeout_ms ?? REQUEST_TIMEOUT_MS,
    max_open_connections: CONNECTIONS_MAX,
    log: { level: ClickHouseLogLevel.OFF },
    ...(options.database === undefined ? {} : { database: options.database }),
  });
}
