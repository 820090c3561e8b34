/** What every route of the API receives: connections and settings instead of globals. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Caller } from '../../access/caller.ts';
import type { InstallationKeys } from '../../access/installation-key.ts';
import type { Limits } from '../../access/limits/limits.ts';
import type { OidcProvider } from '../../access/oidc.ts';
import type { OpenRequests } from '../../access/open-requests.ts';
import type { RememberedOperators } from '../../access/remembered-operators.ts';
import type { Gate } from '../../access/sign-in.ts';
import type { Account } from '../../catalog/definitions.ts';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import type { ReportRecorder } from '../../conversions/inspector/report-recorder.ts';
import type { InstallationWatch } from '../../health/installation-watch.ts';
import type { DiskReserve } from '../../platform/disk-reserve.ts';
import type { TrustedProxies } from '../../platform/forwarded.ts';
import type { BatchedReader } from '../../platform/record-cache.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { CurrentAllocations } from '../../reports/current-allocations.ts';
import type { BodySpool } from './body-spool.ts';

export interface ApiContext {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  /** Reads records from Redis, and from ClickHouse those that Redis no longer has. */
  reader: BatchedReader;
  /** How long new links and messages stay in Redis, in seconds. */
  link_keep_s: number;
  /** Bytes of payload that a log may hold before it refuses more. */
  log_bytes_max: number;
  /** Holds bodies that must be read to their end before they count. */
  bodies: BodySpool;
  /** Whether Redis has lost its records; then only open routes work. */
  records_lost(): boolean;
  /** What the disk under a private Redis has left; that of another is not known. */
  redis_disk: Pick<DiskReserve, 'state' | 'why'>;
  /** What is known of the installation's state. */
  installation: Pick<InstallationWatch, 'found' | 'alarms' | 'lag'>;
  /** How much accounts may ask for. */
  limits: Limits;
  /** Who was lately found to be an operator. */
  operators: RememberedOperators;
  /** The requests that are being answered; a revoked key ends its own. */
  open_requests: OpenRequests;
  /** The keys from which postback secrets are computed. */
  keys: InstallationKeys;
  /** The key of fingerprints of contacts. */
  contact_key: string;
  /** The shares of campaigns that choose by results. */
  allocations: Pick<CurrentAllocations, 'of'>;
  /** Keeps reports of conversions for people to look at. */
  inspector: ReportRecorder;
  /** What signing in works with. */
  gate: Gate;
  /** The provider of OpenID Connect; undefined: none. */
  oidc: OidcProvider | undefined;
  /** Whether a mail server is set. */
  sends_mail: boolean;
  /** Whether what accounts name as an address to send to may be a private one. */
  allow_private_endpoints: boolean;
  /** Where exports are which name no bucket. */
  export_dir: string;
  /** Whom to believe about the scheme that a browser asked with. */
  proxies: TrustedProxies;
  /** Host (and port) of short links of accounts without a tracking domain: `localhost:8080`. */
  default_domain: string;
  domains: DomainSettings;
}

/** What the installation's settings say about tracking domains. */
export interface DomainSettings {
  /** The installation's own domain. */
  public_domain: string;
  /** What domains are to point at; '' is not checked. */
  public_address: string;
  /** Whom to ask about DNS; empty: the system's resolvers. */
  resolvers: readonly string[];
  /** Whether the redirect processes serve TLS themselves. */
  serves_tls: boolean;
}

/** The Fastify instance with zod as its type provider. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The account of the API key; set before every handler outside the admin and open routes. */
    account: Account;
    /** Who asks; set before every handler outside the open routes. */
    caller: Caller;
    /** Whether an admin key was sent; then there is no account. */
    is_admin: boolean;
  }
}
