/**
 * The schema of schema/*.sql on a node of a cluster. The files speak of the database `trackly`; a node keeps the rows of its
 * shard in tables of the same names in `trackly_shard`, which workers insert into and materialized views lead from and to.
 * In `trackly` each of these tables is a `Distributed` one over all shards, and the report views read them: whoever asks for
 * `trackly.clicks` gets the clicks of all shards, from any node. Pure.
 */

export const DATABASE = 'trackly';
/** The tables of one shard, on each of its replicas. */
export const SHARD_DATABASE = 'trackly_shard';

export interface ClusterTables {
  /** Its name in `remote_servers`. */
  cluster: string;
  /** Whether the replicas of a shard share rows and tokens through Keeper, by the macros {shard} and {replica}. */
  replicated: boolean;
}

/** Each node notes its own migrations: a replica that joins later has none. */
export const OF_NODE = 'migrations';

const TABLE = /^CREATE TABLE IF NOT EXISTS trackly\.(\w+)/;
const MATERIALIZED_VIEW = /^CREATE MATERIALIZED VIEW IF NOT EXISTS trackly\.\w+ TO trackly\.\w+ AS/;
const VIEW = /^CREATE VIEW IF NOT EXISTS trackly\.\w+/;
const ENGINE = /^ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/m;
const TABLE_COMMENT = /^COMMENT '(?:[^'\\]|''|\\.)*'$/m;
const CHANGE_OF_COLUMNS =
  /^ALTER TABLE trackly\.(\w+)\s+(?:ADD|MODIFY|DROP|RENAME|COMMENT) COLUMN IF (?:NOT )?EXISTS /;
const CHANGE_OF_STORAGE =
  /^ALTER TABLE trackly\.\w+\s+(?:(?:ADD|DROP) INDEX IF (?:NOT )?EXISTS|MODIFY (?:TTL|SETTING)|MATERIALIZE|UPDATE|DELETE) /;
const REMOVAL = /^DROP (?:TABLE|VIEW) IF EXISTS trackly\.\w+$/;

/**
 * What a node runs in place of a statement of the schema. Throws for a statement that it does not know how to divide, so that
 * none is run on one side only.
 */
export function onNode(statement: string, tables: ClusterTables): string[] {
  const [, table] = TABLE.exec(statement) ?? [];
  if (table !== undefined) {
    const comment = TABLE_COMMENT.exec(statement)?.[0];
    const stored = inShard(statement);
    return [
      tables.replicated && table !== OF_NODE ? asReplicated(stored, table) : stored,
      [
        `CREATE TABLE IF NOT EXISTS ${DATABASE}.${table} AS ${SHARD_DATABASE}.${table}`,
        `ENGINE = Distributed('${tables.cluster}', '${SHARD_DATABASE}', '${table}')`,
        ...(comment === undefined ? [] : [comment]),
      ].join('\n'),
    ];
  }
  if (MATERIALIZED_VIEW.test(statement) || CHANGE_OF_STORAGE.test(statement)) return [inShard(statement)];
  if (VIEW.test(statement)) return [overShards(statement)];
  if (/^SELECT /.test(statement)) return [statement];
  if (CHANGE_OF_COLUMNS.test(statement)) return [inShard(statement), statement];
  if (REMOVAL.test(statement)) return [statement, inShard(statement)];
  throw new Error(`it is not known what a cluster runs for this statement: ${statement.slice(0, 80)}`);
}

/**
 * The right side of a JOIN or IN is computed once, over all shards, whatever the settings of whoever reads the view say: views
 * that read as another user have that user's settings.
 */
const overShards = (view: string): string =>
  view
    .replace(/\bLEFT ANY JOIN \(/g, 'GLOBAL LEFT ANY JOIN (')
    .replace(/ IN \((?=\s*SELECT\b)/g, ' GLOBAL IN (');

const inShard = (statement: string): string => statement.replace(/\btrackly\./g, `${SHARD_DATABASE}.`);

/** Replicas forget tokens by time as well, after an hour unless they are told otherwise: a batch may wait for longer. */
const TOKEN_KEPT_S = 31_536_000;

/** The path by which ClickHouse's documentation and operators name tables. */
function asReplicated(statement: string, table: string): string {
  const path = `/clickhouse/tables/{shard}/${SHARD_DATABASE}/${table}`;
  return statement
    .replace(ENGINE, (_, engine: string, given: string | undefined) => {
      const parameters = [`'${path}'`, "'{replica}'", ...(given === undefined ? [] : [given])];
      return `ENGINE = Replicated${engine}(${parameters.join(', ')})`;
    })
    .replace(
      /non_replicated_deduplication_window = (\d+)/,
      `replicated_deduplication_window = $1, replicated_deduplication_window_seconds = ${TOKEN_KEPT_S}`,
    );
}

/**
 * The statement of an existing table, as system.tables has it, for a table of the same structure in another database whose
 * parts are its own: it shares nothing through Keeper.
 */
export function aside(create_table_query: string, database: string): string {
  return create_table_query
    .replace(/^CREATE TABLE \w+\./, `CREATE TABLE ${database}.`)
    .replace(
      /\bReplicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?([^)]*)\)/,
      (_, engine: string, given: string) => (given === '' ? engine : `${engine}(${given})`),
    )
    .replace(/(?<!_)\breplicated_deduplication_window\b/, 'non_replicated_deduplication_window');
}
