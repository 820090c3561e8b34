/**
 * The only reader of process.env. Every setting has a default that works; an invalid one throws a ConfigError whose
 * message names the setting and says what to write, and the process does not start.
 */
import { isIP } from 'node:net';
import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ClusterTables } from './clickhouse/cluster-ddl.ts';
import { nodeAddresses } from './clickhouse/node-addresses.ts';
import { PROXY_HEADERS, type ProxyHeader } from './platform/forwarded.ts';
import { hostName, isLoopback } from './platform/host.ts';
import { OperatorError } from './platform/operator-error.ts';
import { parseRedisUrl } from './platform/redis-address.ts';
import type { Telemetry } from './platform/telemetry/settings.ts';
import { isUrl } from './platform/url.ts';

/** A setting that cannot be used; `message` is a sentence for the operator. */
export class ConfigError extends OperatorError {
  readonly code = 'bad_setting';
}

/** Names and values of an environment, as in process.env. */
export type Env = Record<string, string | undefined>;

export type ClickAck = 'durable' | 'fast' | 'replicated';
export type WhenFull = 'redirect' | 'refuse';

export interface Config {
  /** Public listener: redirects. */
  redirect_port: number;
  /** Address that both listeners bind to; loopback unless told otherwise. */
  redirect_host: string;
  /** Public listener over TLS, beside the plain one; undefined: none. */
  tls_port: number | undefined;
  /** The directory of the certificate authority (ACME) that gives certificates to tracking domains. */
  acme_directory: string;
  /** Where the authority may write to; undefined: it does not know whom. */
  acme_email: string | undefined;
  /** Absolute path of the folder with certificates of the operator's own; there need be no such folder. */
  tls_certificates: string;
  api_port: number;
  api_host: string;
  /** Where commands ask the API; undefined: on this machine. */
  api_url: string | undefined;
  /** Redirect processes sharing the public port. */
  redirect_processes: number;
  /** Absolute path of all local state. */
  data_dir: string;
  /** The installation's own domain, for accounts without one: a name or an address, with a port where that is needed. */
  public_domain: string;
  /** A name, or addresses with commas between them, that tracking domains are to point at; '': not checked. */
  public_address: string;
  /** Whom to ask about tracking domains, as `address` or `address:port`; empty: the system's resolvers. */
  dns_resolvers: string[];
  /** A Redis, Sentinels or nodes of a Redis Cluster; undefined: a private redis-server in `data_dir`. */
  redis_url: string | undefined;
  /** A ClickHouse server, or the nodes of a cluster; undefined: the embedded server in `data_dir`. */
  clickhouse_url: string | undefined;
  /** The cluster that these nodes are; undefined: one server. */
  clickhouse_cluster: ClusterTables | undefined;
  /** Loopback ports of the embedded server: HTTP, and its native protocol; undefined: no native listener. */
  clickhouse_port: number;
  clickhouse_tcp_port: number | undefined;
  /** Port of the API process for analysts' tools: read-only SQL with an API key as password; undefined: none. */
  analyst_port: number | undefined;
  /** Port of the supervisor for metrics of its processes without a key; undefined: none. */
  metrics_port: number | undefined;
  /** Address that it binds to; loopback unless told otherwise. */
  metrics_host: string;
  /** Where metrics and traces are pushed to; undefined: nowhere. */
  telemetry: Telemetry | undefined;
  /** `trk_` and 32 hex digits; undefined: made at the first start and kept in `data_dir`. */
  admin_key: string | undefined;
  /** The provider of OpenID Connect with which members may sign in; undefined: none. */
  oidc: { issuer: string; client_id: string; client_secret: string } | undefined;
  /** How mails are sent, and where their links lead; undefined: there are none. */
  mail: MailConfig | undefined;
  /** Whether what accounts name as an address to send to may be a private or loopback one. */
  allow_private_endpoints: boolean;
  /** Absolute path of the folder that exports are written to which name no bucket. */
  export_dir: string;
  /** Proxies in front whose entries are believed, counted from the right; and where they write them. */
  trust_proxy: number;
  trust_proxy_header: ProxyHeader;
  click_ack: ClickAck;
  /** How to answer a tap when neither Redis nor the spool can store its click. */
  when_full: WhenFull;
  /** Bytes that each log may hold in Redis before workers took them; and each process's spool on disk. */
  log_bytes_max: number;
  spool_bytes_max: number;
  /** Bytes that are kept free on the disk of `data_dir`; undefined: a part of the disk. */
  disk_reserve_bytes: number | undefined;
  /** Days for which links and messages stay in Redis; older ones are brought back from ClickHouse by a click. */
  link_days: number;
  backup: BackupConfig;
  /** Absolute path of the installation's own rules of bot detection; there need be no such file. */
  bot_rules: string;
  log_level: string;
  /** Name of this process among its kind, stable over restarts: `redirect-1`. Set by the supervisor. */
  process_name: string | undefined;
  /** Whether Redis runs on the disk of `data_dir`, as a part of this installation. Set by the supervisor. */
  private_redis: boolean;
  /** File descriptor of the log. Set by the supervisor for processes whose standard output is not theirs alone. */
  log_fd: number;
  /** All of the environment, for child processes: they inherit it. */
  environment: Env;
}

/** Mails of scheduled reports. */
export interface MailConfig {
  /** smtp:// or smtps://, with user and password. */
  smtp_url: string;
  /** Such as `Trackly Links <reports@example.com>`. */
  from: string;
  /** Where people reach the console, without a slash at its end. */
  console_url: string;
}

/** Where backups go, for how many, and who may read them; used by `trackly backup` and `trackly restore`. */
export interface BackupConfig {
  /** Absolute path of a folder, or s3://bucket/prefix. */
  to: string;
  /** Backups that stay, apart from those of --follow. */
  keep: number;
  /** Seconds between two backups of --follow. */
  every_s: number;
  /** Public keys of age; empty: backups are not encrypted. */
  recipients: string[];
  /** The file with the key that opens them; only restore and verify need it. */
  key_file: string | undefined;
  /** Whether a backup may leave the machine unencrypted. */
  plain: boolean;
  /** The variables that Amazon's own tools read. */
  s3: {
    endpoint: string | undefined;
    region: string;
    access_key_id: string;
    secret_access_key: string;
    session_token: string | undefined;
  };
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const PROCESSES_MAX = 256;
const TRUST_PROXY_MAX = 10;
/** First clicks are remembered for at least as long. */
const LINK_DAYS_MAX = 400;
const MB = 1_024 * 1_024;
const MB_MAX = 1_024 * 1_024;
/** A public key of age, in bech32. */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;
const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

function integer(env: Env, name: string, fallback: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigError(`${name} is "${text}": set it to a whole number from ${min} to ${max}.`);
  }
  return value;
}

/** Undefined where it is not set. */
function port(env: Env, name: string): number | undefined {
  return env[name] === undefined || env[name] === '' ? undefined : integer(env, name, 0, 1, 65_535);
}

/** In bytes; undefined where it is not set. */
function optionalMegabytes(env: Env, name: string): number | undefined {
  return env[name] === undefined || env[name] === '' ? undefined : integer(env, name, 0, 0, MB_MAX) * MB;
}

function oneOf<T extends string>(env: Env, name: string, allowed: readonly T[], fallback: T): T {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = allowed.find((option) => option === text);
  if (value === undefined) {
    throw new ConfigError(`${name} is "${text}": set it to one of ${allowed.join(', ')}.`);
  }
  return value;
}

function address(env: Env, name: string, fallback: string): string {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (isIP(text) === 0) {
    throw new ConfigError(`${name} is "${text}": set it to an IP address to listen on, such as 0.0.0.0.`);
  }
  return text;
}

function url(env: Env, name: string, protocols: readonly string[]): string | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const example = `${protocols[0]}//host:port`;
  if (!isUrl(text) || !protocols.includes(new URL(text).protocol)) {
    // The value is not repeated: it may hold a password.
    throw new ConfigError(`${name} is not an address that can be used: write it as ${example}.`);
  }
  return text;
}

function redisUrl(env: Env): string | undefined {
  const text = env['REDIS_URL'];
  if (text === undefined || text === '') return undefined;
  if (parseRedisUrl(text) === undefined) {
    throw new ConfigError(
      'REDIS_URL is not an address that can be used: write it as redis://host:port, or of a cluster or Sentinels as redis://user:password@host:port,host:port.',
    );
  }
  return text;
}

function clickHouseUrl(env: Env): string | undefined {
  const text = env['CLICKHOUSE_URL'];
  if (text === undefined || text === '') return undefined;
  const nodes = nodeAddresses(text);
  if (nodes === undefined) {
    throw new ConfigError(
      'CLICKHOUSE_URL is not an address that can be used: write it as http://user:password@host:8123, or the nodes of a cluster as http://user:password@host:8123,host:8123.',
    );
  }
  if (nodes.length > 1 && !env['CLICKHOUSE_CLUSTER']) {
    throw new ConfigError(
      'CLICKHOUSE_URL lists several nodes and CLICKHOUSE_CLUSTER is not set: without a cluster they hold different data. Set it to the name that the nodes give the cluster in remote_servers, or list one node.',
    );
  }
  return text;
}

/** The name is written into statements, and so is one of plain letters. */
function clickHouseCluster(env: Env): ClusterTables | undefined {
  const cluster = env['CLICKHOUSE_CLUSTER'] ?? '';
  const replicated = oneOf(env, 'CLICKHOUSE_REPLICATED', ['true', 'false'] as const, 'false') === 'true';
  if (cluster === '') {
    if (replicated) {
      throw new ConfigError(
        'CLICKHOUSE_REPLICATED is true and CLICKHOUSE_CLUSTER is not set: name the cluster.',
      );
    }
    return undefined;
  }
  if (!/^[\w.-]{1,100}$/.test(cluster)) {
    throw new ConfigError(
      'CLICKHOUSE_CLUSTER is not a name that can be used: it may have letters, digits, ".", "_" and "-".',
    );
  }
  if ((env['CLICKHOUSE_URL'] ?? '') === '') {
    throw new ConfigError(
      'CLICKHOUSE_CLUSTER is set and CLICKHOUSE_URL is not: list the nodes of the cluster there.',
    );
  }
  return { cluster, replicated };
}

function email(env: Env, name: string): string | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^[^\s@,?:]+@[^\s@,?:]+$/.test(text)) {
    throw new ConfigError(`${name} is "${text}": set it to one address, such as ops@example.com.`);
  }
  return text;
}

/** The host (and port) of short links; a name of loopback without a port gets that of the public listener. */
function publicDomain(env: Env, redirect_port: number): string {
  const text = (env['PUBLIC_DOMAIN'] || 'localhost').toLowerCase();
  if (!isUrl(`http://${text}/`) || new URL(`http://${text}/`).host !== text) {
    throw new ConfigError(
      `PUBLIC_DOMAIN is "${text}": set it to the name of your short links, such as trk.example, without https://.`,
    );
  }
  return isLoopback(hostName(text)) && hostName(text) === text ? `${text}:${redirect_port}` : text;
}

function publicAddress(env: Env): string {
  const text = (env['PUBLIC_ADDRESS'] ?? '').toLowerCase().replaceAll(' ', '');
  const parts = text.split(',');
  const addresses = parts.every((part) => isIP(part) !== 0);
  if (text !== '' && !addresses && (parts.length > 1 || hostName(text) !== text || isIP(text) !== 0)) {
    throw new ConfigError(
      `PUBLIC_ADDRESS is "${text}": set it to one name, or to the IP addresses of your servers with commas between them.`,
    );
  }
  return text;
}

function resolvers(env: Env): string[] {
  const parts = (env['DNS_RESOLVERS'] ?? '').split(',').map((part) => part.trim());
  const given = parts.filter((part) => part !== '');
  for (const part of given) {
    const [, host = '', port = '53'] =
      /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(isIP(part) ? `[${part}]` : part) ?? [];
    if (isIP(host) === 0 || Number(port) > 65_535) {
      throw new ConfigError(
        `DNS_RESOLVERS has "${part}": set it to IP addresses of resolvers with commas between them, such as 9.9.9.9,1.1.1.1.`,
      );
    }
  }
  return given;
}

/** All three settings or none. */
function oidc(env: Env): Config['oidc'] {
  const issuer = url(env, 'OIDC_ISSUER', ['https:', 'http:']);
  const [client_id = '', client_secret = ''] = [env['OIDC_CLIENT_ID'], env['OIDC_CLIENT_SECRET']];
  if (issuer === undefined && client_id === '' && client_secret === '') return undefined;
  if (issuer === undefined || client_id === '' || client_secret === '') {
    throw new ConfigError(
      'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all or none.',
    );
  }
  const { protocol, host } = new URL(issuer);
  if (protocol === 'http:' && !isLoopback(hostName(host))) {
    throw new ConfigError(
      'OIDC_ISSUER must begin with https://: whoever can read its answers signs in as anybody.',
    );
  }
  return { issuer, client_id, client_secret };
}

/** A plain address, or one in angle brackets behind a name. */
const MAIL_FROM = /^(?:[^<>\r\n]{1,100} <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/;

function mail(env: Env): MailConfig | undefined {
  const smtp_url = url(env, 'SMTP_URL', ['smtp:', 'smtps:']);
  const from = env['SMTP_FROM'] ?? '';
  const console_url = url(env, 'CONSOLE_URL', ['https:', 'http:']);
  if (smtp_url === undefined && from === '' && console_url === undefined) return undefined;
  if (smtp_url === undefined || from === '' || console_url === undefined) {
    throw new ConfigError('SMTP_URL, SMTP_FROM and CONSOLE_URL belong together: set all or none.');
  }
  if (!isDecodable(new URL(smtp_url))) {
    throw new ConfigError(
      'SMTP_URL has a % in its user or password that encodes nothing: write a % itself as %25.',
    );
  }
  if (!MAIL_FROM.test(from)) {
    throw new ConfigError(
      `SMTP_FROM is "${from}": write it as reports@example.com, or Reports <reports@example.com>.`,
    );
  }
  return { smtp_url, from, console_url: console_url.replace(/\/+$/, '') };
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

function backup(env: Env): BackupConfig {
  const to = env['BACKUP_TO'] || join(env['DATA_DIR'] || './data', 'backups');
  const recipients = (env['BACKUP_RECIPIENT'] ?? '').split(/[\s,]+/).filter((part) => part !== '');
  const wrong = recipients.find((text) => !RECIPIENT.test(text));
  if (wrong !== undefined) {
    throw new ConfigError(
      'BACKUP_RECIPIENT is not a public key of age: write age1 and 58 characters, as age-keygen prints it; several with commas between them.',
    );
  }
  return {
    to: to.includes('://') ? to : resolve(to),
    keep: integer(env, 'BACKUP_KEEP', 7, 1, 10_000),
    every_s: integer(env, 'BACKUP_EVERY_S', 30, 5, 3_600),
    recipients,
    key_file: env['BACKUP_KEY_FILE'] || undefined,
    plain: oneOf(env, 'BACKUP_PLAIN', ['true', 'false'] as const, 'false') === 'true',
    s3: {
      endpoint:
        url(env, 'AWS_ENDPOINT_URL_S3', ['https:', 'http:']) ??
        url(env, 'AWS_ENDPOINT_URL', ['https:', 'http:']),
      region: env['AWS_REGION'] || 'us-east-1',
      access_key_id: env['AWS_ACCESS_KEY_ID'] ?? '',
      secret_access_key: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      session_token: env['AWS_SESSION_TOKEN'] || undefined,
    },
  };
}

const SAMPLERS = [
  'always_off',
  'always_on',
  'traceidratio',
  'parentbased_always_off',
  'parentbased_always_on',
  'parentbased_traceidratio',
] as const;

/** The standard variables, https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. */
function telemetry(env: Env): Telemetry | undefined {
  const endpoint = url(env, 'OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']);
  const sampler = oneOf(env, 'OTEL_TRACES_SAMPLER', SAMPLERS, 'always_off');
  const share = Number(env['OTEL_TRACES_SAMPLER_ARG'] || 1);
  if (!(share >= 0 && share <= 1)) {
    throw new ConfigError(
      `OTEL_TRACES_SAMPLER_ARG is "${env['OTEL_TRACES_SAMPLER_ARG']}": set it to a share from 0 to 1.`,
    );
  }
  oneOf(env, 'OTEL_EXPORTER_OTLP_PROTOCOL', ['http/json'] as const, 'http/json');
  const found: Telemetry = {
    endpoint: endpoint ?? '',
    headers: otlpHeaders(env),
    service_name: env['OTEL_SERVICE_NAME'] || 'trackly',
    metrics_every_ms: integer(env, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000, 1_000, 3_600_000),
    traces:
      sampler === 'always_off'
        ? undefined
        : {
            ratio: sampler.endsWith('ratio') ? share : sampler.endsWith('on') ? 1 : 0,
            parent_based: sampler.startsWith('parentbased'),
          },
  };
  return endpoint === undefined ? undefined : found;
}

/** `name=value` with commas between them, each percent-encoded. The value is not repeated: it may be a secret. */
function otlpHeaders(env: Env): Record<string, string> {
  const pairs = (env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '').split(',').filter((pair) => pair.trim() !== '');
  const found = pairs.map((pair) => /^\s*([\w-]+)\s*=\s*([^\s]*)\s*$/.exec(pair));
  if (found.some((match) => match === null)) {
    throw new ConfigError('OTEL_EXPORTER_OTLP_HEADERS can not be read: write it as name=value,name=value.');
  }
  return Object.fromEntries(found.map((match) => [match?.[1] ?? '', decodeURIComponent(match?.[2] ?? '')]));
}

/** Reads and checks every setting. Pure but for `env`; throws ConfigError on the first wrong one. */
export function readConfig(env: Env = process.env): Config {
  const admin_key = env['ADMIN_KEY'] === '' ? undefined : env['ADMIN_KEY'];
  if (admin_key !== undefined && !/^trk_[0-9a-f]{32}$/.test(admin_key)) {
    throw new ConfigError('ADMIN_KEY must be "trk_" and 32 hex digits; leave it unset to have one made.');
  }
  const config: Config = {
    redirect_port: integer(env, 'REDIRECT_PORT', 8080, 1, 65_535),
    redirect_host: address(env, 'REDIRECT_HOST', '127.0.0.1'),
    tls_port: port(env, 'TLS_PORT'),
    acme_directory: url(env, 'ACME_DIRECTORY', ['https:']) ?? LETS_ENCRYPT,
    acme_email: email(env, 'ACME_EMAIL'),
    tls_certificates: resolve(
      env['TLS_CERTIFICATES'] || join(env['DATA_DIR'] || './data', 'certificates/own'),
    ),
    api_port: integer(env, 'API_PORT', 8081, 1, 65_535),
    api_host: address(env, 'API_HOST', '127.0.0.1'),
    api_url: url(env, 'API_URL', ['http:', 'https:']),
    redirect_processes: integer(env, 'REDIRECT_PROCESSES', availableParallelism(), 1, PROCESSES_MAX),
    data_dir: resolve(env['DATA_DIR'] || './data'),
    public_domain: publicDomain(env, integer(env, 'REDIRECT_PORT', 8080, 1, 65_535)),
    public_address: publicAddress(env),
    dns_resolvers: resolvers(env),
    redis_url: redisUrl(env),
    clickhouse_url: clickHouseUrl(env),
    clickhouse_cluster: clickHouseCluster(env),
    clickhouse_port: integer(env, 'CLICKHOUSE_PORT', 8082, 1, 65_535),
    clickhouse_tcp_port: port(env, 'CLICKHOUSE_TCP_PORT'),
    analyst_port: port(env, 'ANALYST_PORT'),
    metrics_port: port(env, 'METRICS_PORT'),
    metrics_host: address(env, 'METRICS_HOST', '127.0.0.1'),
    telemetry: telemetry(env),
    admin_key,
    oidc: oidc(env),
    mail: mail(env),
    allow_private_endpoints:
      oneOf(env, 'ALLOW_PRIVATE_ENDPOINTS', ['true', 'false'] as const, 'false') === 'true',
    export_dir: resolve(env['EXPORT_DIR'] || join(env['DATA_DIR'] || './data', 'exports')),
    trust_proxy: integer(env, 'TRUST_PROXY', 0, 0, TRUST_PROXY_MAX),
    trust_proxy_header: oneOf(env, 'TRUST_PROXY_HEADER', PROXY_HEADERS, 'x-forwarded-for'),
    click_ack: oneOf(env, 'CLICK_ACK', ['durable', 'fast', 'replicated'] as const, 'durable'),
    when_full: oneOf(env, 'WHEN_FULL', ['redirect', 'refuse'] as const, 'refuse'),
    log_bytes_max: integer(env, 'LOG_MB', 2_048, 1, MB_MAX) * MB,
    spool_bytes_max: integer(env, 'SPOOL_MB', 4_096, 1, MB_MAX) * MB,
    disk_reserve_bytes: optionalMegabytes(env, 'DISK_RESERVE_MB'),
    link_days: integer(env, 'LINK_DAYS', 90, 1, LINK_DAYS_MAX),
    backup: backup(env),
    log_level: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    bot_rules: resolve(env['BOT_RULES'] || join(env['DATA_DIR'] || './data', 'bot-rules.json')),
    process_name: env['TRACKLY_PROCESS'] || undefined,
    private_redis: env['TRACKLY_PRIVATE_REDIS'] === '1',
    log_fd: integer(env, 'TRACKLY_LOG_FD', 1, 1, 9),
    environment: env,
  };
  checkProxies(config);
  checkPorts(config);
  return config;
}

/** What can only be a mistake: clients would be taken for the proxy. */
function checkProxies({ trust_proxy, trust_proxy_header, tls_port }: Config): void {
  if (trust_proxy_header === 'x-forwarded-for') return;
  if (trust_proxy === 0) {
    throw new ConfigError(
      `TRUST_PROXY_HEADER is "${trust_proxy_header}" and TRUST_PROXY is 0: set TRUST_PROXY to the number of proxies in front.`,
    );
  }
  if (trust_proxy_header === 'proxy-protocol' && tls_port !== undefined) {
    throw new ConfigError(
      'TRUST_PROXY_HEADER is "proxy-protocol" and TLS_PORT is set: a frame before a TLS handshake can not be read, and whoever connects could write one inside. Leave TLS_PORT unset, or let the proxy write x-forwarded-for.',
    );
  }
  if (trust_proxy_header === 'proxy-protocol' && trust_proxy > 1) {
    throw new ConfigError(
      `TRUST_PROXY is ${trust_proxy} and TRUST_PROXY_HEADER is "proxy-protocol", which carries one address: set TRUST_PROXY to 1.`,
    );
  }
}

function checkPorts(config: Config): void {
  const ports = {
    REDIRECT_PORT: config.redirect_port,
    TLS_PORT: config.tls_port,
    API_PORT: config.api_port,
    CLICKHOUSE_PORT: config.clickhouse_port,
    CLICKHOUSE_TCP_PORT: config.clickhouse_tcp_port,
    ANALYST_PORT: config.analyst_port,
    METRICS_PORT: config.metrics_port,
  };
  for (const [name, port] of Object.entries(ports)) {
    const other = Object.entries(ports).find(
      ([otherName, otherPort]) => port !== undefined && otherName < name && otherPort === port,
    );
    if (other !== undefined) {
      throw new ConfigError(`${other[0]} and ${name} are both ${port}: give them different ports.`);
    }
  }
}

/** Whom `trackly send` and its kin ask, with which key, and where a file of the user's says what the environment does not. */
export interface ClientSettings {
  url: string | undefined;
  api_key: string | undefined;
  credentials_file: string;
}

/** Throws ConfigError. The key is not checked here: the API says what is wrong with it. */
export function readClientSettings(env: Env = process.env): ClientSettings {
  const folder = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return {
    url: url(env, 'TRACKLY_URL', ['https:', 'http:']),
    api_key: env['TRACKLY_API_KEY'] || undefined,
    credentials_file: resolve(env['TRACKLY_CREDENTIALS'] || join(folder, 'trackly/credentials')),
  };
}

/** Whether a failed start shows its stack; read separately, because the settings themselves may be invalid. */
export const showsStacks = (env: Env = process.env): boolean => env['LOG_LEVEL'] === 'debug';
