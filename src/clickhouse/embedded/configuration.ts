/**
 * The two files that ClickHouse reads when it starts: the server's configuration, and the users with their rights.
 *   trackly           the system: may do everything in databases whose name begins with `trackly`; no files, no networks
 *   trackly_analyst   may read what src/analysts/access.ts lists, through views that read as trackly_reader
 *   default           ClickHouse's own session, without a password. It may only open the listeners. The user may have
 *                     one session, which this process holds, so nobody else can sign in.
 * The files hold passwords as SHA-256; each password has 192 random bits.
 */
import { createHash } from 'node:crypto';
import {
  ANALYST_READS,
  ANALYST_USER,
  CHANGEABLE,
  FIXED,
  LIMITS,
  READER_READS,
  READER_USER,
  ROW_FILTER,
  UNREADABLE_HEADERS,
} from '../../analysts/access.ts';
import { DATABASE, TABLES_BEHIND } from '../../analysts/report-views.ts';
import { SYSTEM_GRANTS } from '../grants.ts';
import { type Passwords, SYSTEM_USER } from './passwords.ts';

/**
 * What only the embedded server's user has: it ends statements before a stop, and lets views read as READER_USER; people who
 * look after the tables by hand have no other user.
 */
export const EMBEDDED_GRANTS = [
  'KILL QUERY, SHOW USERS ON *.*',
  'SELECT ON system.users',
  'ALTER VIEW ON trackly.*',
  `SET DEFINER ON ${READER_USER}`,
  'SHOW, OPTIMIZE, TRUNCATE, ALTER SETTINGS ON trackly*.*',
];
/**
 * With the default, the number of cores, the tasks of tables wait for each other, and each wait writes a line to the
 * log.
 */
const SCHEDULE_THREADS = 16;
/**
 * Cache of the granules in which no row meets a condition. clickhouse-server has this size; clickhouse-local has none.
 */
const CONDITION_CACHE_BYTES = 100 * 1024 ** 2;
const LOG_BYTES_MAX = '10M';
/** Loggers that write each failed statement with its stack. They are off, because the client already gets the error. */
const MISTAKES = ['executeQuery', 'DynamicQueryHandler', 'TCPHandler'];

/**
 * Only the system's user gets ClickHouse's page `/play`, because an aborted transfer of it ends the process (libchdb
 * 26.7). Statements from pages of other origins are refused, even if the browser knows the password.
 */
function handlers(port: number, { system }: Passwords): string {
  const basic = Buffer.from(`${SYSTEM_USER}:${system}`).toString('base64');
  const origin = `regex:(http://(localhost|127\\.0\\.0\\.1):${port})?`;
  return `<http_handlers>
  <rule><url>/ping</url><methods>GET,HEAD</methods><handler><type>ping</type></handler></rule>
  <rule><url>/</url><methods>GET,HEAD,POST</methods><headers><Origin>${text(origin)}</Origin></headers>
    <handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler></rule>
  <rule><url>/play</url><methods>GET</methods><headers><Authorization>${text(`Basic ${basic}`)}</Authorization></headers>
    <handler><type>play</type></handler></rule>
  <rule><url>/play</url><methods>GET</methods><handler><type>static</type><status>401</status>
    <content_type>text/plain; charset=UTF-8</content_type>
    <http_response_headers><WWW-Authenticate>Basic realm="ClickHouse"</WWW-Authenticate></http_response_headers>
    <response_content>The user is ${SYSTEM_USER}; its password is in clickhouse.password in DATA_DIR.</response_content></handler></rule>
</http_handlers>`;
}

export interface ServerFiles {
  http_port: number;
  users_file: string;
  log_file: string;
}

export function configurationOf(
  { http_port, users_file, log_file }: ServerFiles,
  passwords: Passwords,
): string {
  return `<clickhouse>
<logger><log>${text(log_file)}</log><console>false</console><size>${LOG_BYTES_MAX}</size><count>1</count>
  <levels>${MISTAKES.map((name) => element('logger', `${element('name', name)}<level>none</level>`)).join('')}</levels></logger>
<user_directories><users_xml><path>${text(users_file)}</path></users_xml></user_directories>
<access_control_improvements>
  <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
  <select_from_information_schema_requires_grant>true</select_from_information_schema_requires_grant>
  <settings_constraints_replace_previous>true</settings_constraints_replace_previous>
  <users_without_row_policies_can_read_rows>true</users_without_row_policies_can_read_rows>
</access_control_improvements>
<get_client_http_header_forbidden_headers>${UNREADABLE_HEADERS.join(',')}</get_client_http_header_forbidden_headers>
<query_cache><max_size_in_bytes>0</max_size_in_bytes><max_entries>0</max_entries></query_cache>
<query_condition_cache_size>${CONDITION_CACHE_BYTES}</query_condition_cache_size>
<background_schedule_pool_size>${SCHEDULE_THREADS}</background_schedule_pool_size>
${handlers(http_port, passwords)}
</clickhouse>
`;
}

export function usersOf(passwords: Passwords): string {
  const settings = Object.entries({ ...FIXED, ...LIMITS });
  return `<clickhouse>
<profiles>
  <default/>
  <nobody><max_sessions_for_user>1</max_sessions_for_user></nobody>
  <analyst>
    ${settings.map(([name, value]) => element(name, String(value))).join('')}
    <constraints>
      ${Object.entries(LIMITS)
        .map(([name, most]) =>
          element(name, `${element('min', '1')}${element('max', String(most))}<changeable_in_readonly/>`),
        )
        .join('\n      ')}
      ${CHANGEABLE.map((name) => element(name, '<changeable_in_readonly/>')).join('\n      ')}
    </constraints>
  </analyst>
</profiles>
<quotas><default/></quotas>
<users>
  <default><password/>${user('nobody', ['SYSTEM LISTEN ON *.*'])}</default>
  <${SYSTEM_USER}>${hash(passwords.system)}${user('default', [...SYSTEM_GRANTS, ...EMBEDDED_GRANTS])}</${SYSTEM_USER}>
  <${ANALYST_USER}>${hash(passwords.analyst)}${user(
    'analyst',
    ANALYST_READS.map((name) => `SELECT ON ${name}`),
  )}</${ANALYST_USER}>
  <${READER_USER}><no_password/>${user(
    'analyst',
    READER_READS.map((name) => `SELECT ON ${name}`),
    '',
  )}
    <databases>
      ${element(DATABASE, TABLES_BEHIND.map((table) => element(table, element('filter', text(ROW_FILTER)))).join('\n      '))}
    </databases>
  </${READER_USER}>
</users>
</clickhouse>
`;
}

const LOOPBACK = '<ip>127.0.0.1</ip><ip>::1</ip>';

/** A user without networks cannot sign in. */
function user(profile: string, grants: readonly string[], networks = LOOPBACK): string {
  return `
    <networks>${networks}</networks><profile>${profile}</profile><quota>default</quota>
    <grants>${grants
      .map(
        (grant) => `
      ${element('query', `GRANT ${grant}`)}`,
      )
      .join('')}
    </grants>
  `;
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

const hash = (password: string): string =>
  element('password_sha256_hex', createHash('sha256').update(password).digest('hex'));

const text = (words: string): string => words.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
