/**
 * What a confined session may run. ClickHouse's own parser writes the statement anew, in one form without comments
 * and with every name and text quoted one way; that text is checked here, and that text is run. Row policies keep
 * the rows of other accounts away; this keeps away what they do not cover: settings inside a statement, functions
 * that read files or the network or run text, tables that are none of an analyst's.
 */
import type { Engine, Statement } from '../engine.ts';
import { HttpError } from '../http-error.ts';
import { CATALOG, inCatalog } from './catalog.ts';
import type { RowRules } from './row-policies.ts';
import { confinedSettings } from './settings.ts';

const READS =
  /^(\(*(SELECT|WITH)|DESCRIBE TABLE|EXISTS (TABLE|VIEW|DATABASE)|SHOW (DATABASES|TABLES|COLUMNS|INDEXES|FUNCTIONS|CREATE (TABLE|VIEW|DATABASE))|EXPLAIN (AST |SYNTAX |QUERY TREE |PLAN |PIPELINE )?\(*(SELECT|WITH))\b/;

/** They make rows of their arguments. Every other table function reads from somewhere. */
const TABLE_FUNCTIONS = new Set(
  'numbers numbers_mt zeros zeros_mt primes generateseries generate_series generaterandom values view format null'.split(
    ' ',
  ),
);
/** Whole kinds of functions, as ClickHouse sorts them, that leave the statement: networks, models, other tables. */
const KINDS = ['AI', 'Dictionary', 'Embedded Dictionary', 'Machine Learning', 'Introspection'];
/** And single ones: files, other tables, settings, the server, waiting. */
const FUNCTIONS =
  'file joinget joingetornull hascolumnintable catboostevaluate getsetting getsettingordefault getserversetting getmergetreesetting getmacro getclienthttpheader showcertificate globalvariable sleep sleepeachrow generateserialid fuzzquery zookeepersessionuptime'.split(
    ' ',
  );

const SYSTEM_TABLES = new Set(
  'one numbers zeros tables columns databases functions settings formats data_type_families keywords table_engines table_functions time_zones aggregate_function_combinators'.split(
    ' ',
  ),
);
const SCHEMA_TABLES = new Set(['tables', 'columns', 'schemata']);
const IN_SCHEMA = /^information_schema$/i;
/** Columns of information_schema that count what all accounts have together. */
const SIZES = /^table_rows$|^(data|index)_length$/i;

const TOKENS = /'(?:[^'\\]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`|[A-Za-z_]\w*|\d\w*(?:\.\d*)?|\S/g;

export class ConfinedStatements {
  readonly #engine: Engine;
  readonly #rules: RowRules;
  #refused: Promise<Set<string>> | undefined;

  constructor(engine: Engine, rules: RowRules) {
    this.#engine = engine;
    this.#rules = rules;
  }

  /** The statement as it is to be run for the account. Throws HttpError, with ClickHouse's codes, where it may not be. */
  async confine(statement: Statement, account_id: string): Promise<Statement> {
    const settings = confinedSettings(statement.settings);
    const sql = await this.#check(statement.sql);
    return { ...statement, sql, settings, account_id, database: this.#rules.database };
  }

  async #check(sql: string): Promise<string> {
    this.#refused ??= this.#readRefused();
    const [[canonical = '', databases = []] = []] = await this.#ask<[string, string[]]>(
      'SELECT formatQuerySingleLine({statement:String}), (SELECT groupArray(name) FROM system.databases)',
      { statement: sql.replace(/\\/g, '\\\\') },
    ).catch((error: Error) => {
      throw new HttpError(400, 62, syntaxError(error.message));
    });
    return checkCanonical(canonical, this.#rules, new Set(databases), await this.#refused);
  }

  async #readRefused(): Promise<Set<string>> {
    const kinds = KINDS.map((kind) => `'${kind}'`).join(', ');
    const rows = await this.#ask<[string]>(
      `SELECT lower(name) FROM system.table_functions UNION DISTINCT SELECT lower(name) FROM system.functions AS f WHERE f.categories IN (${kinds}) OR f.alias_to IN (SELECT name FROM system.functions WHERE categories IN (${kinds}))`,
      {},
    );
    const names = rows.map(([name]) => name).filter((name) => !TABLE_FUNCTIONS.has(name));
    return new Set([...names, ...FUNCTIONS]);
  }

  async #ask<Row>(sql: string, params: Record<string, string>): Promise<Row[]> {
    const statement = {
      sql,
      database: 'default',
      settings: {},
      params,
      default_format: 'JSONCompactEachRow',
    };
    const lines = (await this.#engine.run(statement, 'read')).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
  }
}

/** `text` is what formatQuerySingleLine wrote. Returns it as it is to be run, with the catalog in the place of the system's. */
export function checkCanonical(
  text: string,
  rules: RowRules,
  databases: ReadonlySet<string>,
  refused: ReadonlySet<string>,
): string {
  if (!READS.test(text))
    throw denied(164, 'Cannot execute query in readonly mode: only reading is allowed here');
  const found = [...text.matchAll(TOKENS)];
  const tokens = found.map(([token]) => token);
  const word = (at: number): string => nameOf(tokens[at]);
  const seen = new Set([...rules.own, ...rules.views]);
  /** `system`, where it is to be the catalog. */
  const catalog: RegExpExecArray[] = [];
  let in_schema = false;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? '';
    const name = word(i);
    if (name === '') continue;
    if (token === 'SETTINGS' || (/^settings$/i.test(token) && word(i + 1) !== '' && tokens[i + 2] === '=')) {
      throw denied(
        164,
        'SETTINGS within a statement are not allowed here: give them beside it, in the address',
      );
    }
    if (token === 'OUTFILE' || token === 'INFILE') throw denied(164, 'Files can not be read or written here');
    if (tokens[i - 1] === ':' && /^identifier$/i.test(name)) {
      throw denied(164, 'Parameters of the type Identifier are not allowed here: write the name itself');
    }
    const called = tokens[i + 1] === '(' || tokens[i - 1] === 'APPLY' || tokens[i - 2] === 'APPLY';
    if (called && refused.has(name.toLowerCase())) throw denied(497, `${name} is not allowed here`);
    // The first of names that are joined by dots.
    if (tokens[i - 1] === '.') continue;
    if (tokens[i + 1] === '.' && databases.has(name)) {
      const table = word(i + 2);
      if (!mayRead(name, table, rules.database, seen)) {
        throw denied(497, `${name}.${table} is not one of the tables that can be read here`);
      }
      if (name === 'system' && inCatalog(table)) catalog.push(found[i] as RegExpExecArray);
      in_schema ||= IN_SCHEMA.test(name);
    } else if (/^(FROM|JOIN|TABLE|VIEW)$/.test(tokens[i - 1] ?? '') && rules.hidden.includes(name)) {
      throw denied(497, `${name} is not one of the tables that can be read here`);
    }
  }
  if (in_schema) checkSchema(tokens);
  return catalog.reduceRight(
    (sql, { index, 0: token }) => sql.slice(0, index) + CATALOG + sql.slice(index + token.length),
    text,
  );
}

function mayRead(database: string, table: string, own: string, seen: ReadonlySet<string>): boolean {
  if (database === own) return seen.has(table);
  if (database === 'system') return SYSTEM_TABLES.has(table);
  return IN_SCHEMA.test(database) && SCHEMA_TABLES.has(table.toLowerCase());
}

function checkSchema(tokens: readonly string[]): void {
  for (const [i, token] of tokens.entries()) {
    const all = token === '*' && !(tokens[i - 1] === '(' && /^count$/i.test(tokens[i - 2] ?? ''));
    if (all || token === 'COLUMNS' || SIZES.test(nameOf(token))) {
      throw denied(497, 'Of information_schema, name the columns that you need; sizes are not among them');
    }
  }
}

/** What a token names; empty for texts, numbers and signs. */
function nameOf(token: string | undefined): string {
  if (token === undefined) return '';
  if (token.startsWith('`')) return token.slice(1, -1).replace(/\\([\s\S])/g, '$1');
  return /^[A-Za-z_]/.test(token) ? token : '';
}

const CODE_NAMES = { 164: 'READONLY', 497: 'ACCESS_DENIED' } as const;

function denied(code: keyof typeof CODE_NAMES, message: string): HttpError {
  return new HttpError(403, code, `${message}. (${CODE_NAMES[code]})`);
}

/** ClickHouse's own words, without the question that carried the statement. */
function syntaxError(message: string): string {
  const said = /Code: 62\. DB::Exception: ([\s\S]*?)(?:: In scope SELECT formatQuery|$)/.exec(message)?.[1];
  return said === undefined ? 'Syntax error: the statement can not be read' : `${said}. (SYNTAX_ERROR)`;
}
