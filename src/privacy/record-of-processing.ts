/**
 * The record of processing (GDPR, Article 30) of an installation, as a page of Markdown: every table with what its columns
 * tell about a person, every family of keys in Redis, and the files beside them; each with purpose, source and time. It is
 * made from the schema, the columns' marks and the two lists beside this file, so that it can't fall behind them. What
 * only the operator knows (name, contact, legal basis, recipients) is left to be filled in. Reads the schema's files;
 * throws if they are missing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { filled } from '../clickhouse/column-sql.ts';
import type { Personal } from '../clickhouse/columns.ts';
import { personalOf } from './personal-columns.ts';
import { KEY_FAMILIES } from './stored-keys.ts';
import { STORED_TABLES } from './stored-tables.ts';

const SCHEMA = new URL('../clickhouse/schema/', import.meta.url);

export interface SchemaTable {
  table: string;
  comment: string;
  columns: { name: string; comment: string }[];
}

const TABLE = /CREATE TABLE IF NOT EXISTS trackly\.(\w+) \(\n(.*?)\n\)\nENGINE(.*?);\n/gs;
const COMMENT = /COMMENT '((?:[^']|'')*)'/;

/** Every table that the files of the schema create, in their order. */
export function schemaTables(): SchemaTable[] {
  const files = readdirSync(SCHEMA).filter((name) => name.endsWith('.sql'));
  return files.sort().flatMap((file) => {
    const sql = `${filled(readFileSync(new URL(file, SCHEMA), 'utf8'))}\n`;
    return Array.from(sql.matchAll(TABLE), ([, table = '', body = '', rest = '']) => ({
      table,
      comment: commentIn(rest),
      columns: body
        .split('\n')
        .filter((line) => /^ {2}(?!INDEX )\w+ /.test(line))
        .map((line) => ({ name: line.trim().split(' ')[0] ?? '', comment: commentIn(line) })),
    }));
  });
}

const commentIn = (text: string): string => (COMMENT.exec(text)?.[1] ?? '').replaceAll("''", "'");

const SAYS: Record<Exclude<Personal, 'none'>, string> = {
  id: 'who: the sender’s id of the contact',
  address: 'the client address, or what is made of it',
  agent: 'browser and device',
  content: 'what the sender or the recipient gave',
  place: 'network and country of the address',
  kind: 'kind of device, system, browser and app',
};

export function recordOfProcessing(): string {
  return `# Record of processing

What this installation stores about recipients, made from its schema: for the record that Article 30 of the GDPR asks for. To be added by the controller: name and contact, the legal basis, who receives reports and exports, and the measures that go beyond the software's. [Privacy](privacy.md) says the same in prose.

- **Whose data**: recipients of messages, and whoever opens a link.
- **Passed on**: to the destination of a link, what its macros and parameters say ([Global Privacy Control](destinations.md#global-privacy-control) limits it). Nothing else leaves the installation by itself; network and country are looked up on its own disk.
- **Times** are those of a running installation. Backups hold what they held when they were made, for as long as you keep them.

## Tables in ClickHouse

${schemaTables().map(tableSection).join('\n\n')}

## Keys in Redis

Redis's append-only file has what was in Redis until it is rewritten, which Redis does when the file has doubled.

| keys | hold | of a person | how long |
| --- | --- | --- | --- |
${KEY_FAMILIES.map(({ name, holds, personal, kept }) => `| \`${name}\` | ${holds} | ${personal.map((one) => SAYS[one]).join('; ') || 'nothing'} | ${kept} |`).join('\n')}

## Files

| file | holds | of a person | how long |
| --- | --- | --- | --- |
| \`DATA_DIR/spool\` | clicks and conversions that Redis can't take now | the same as the logs in Redis | until Redis has taken them |
| log lines | what the processes report | nothing: no address, user agent, body or key | as you keep them |
| backups (\`npm run backup\`) | tables and keys, without those that are rebuilt | the same as the tables | as you keep them |
`;
}

function tableSection({ table, comment, columns }: SchemaTable): string {
  const { purpose = '', source = '', kept = '' } = STORED_TABLES[table] ?? {};
  const personal = columns.flatMap(({ name, comment: meaning }) => {
    const of = personalOf(table, name);
    return of === undefined || of === 'none' ? [] : [`| \`${name}\` | ${SAYS[of]} | ${meaning} |`];
  });
  const others = columns.filter(({ name }) => personalOf(table, name) === 'none');
  const list =
    personal.length === 0
      ? ''
      : `\n\n| column | tells | meaning |\n| --- | --- | --- |\n${personal.join('\n')}`;
  return `### ${table}

${comment} **Purpose:** ${purpose}. **Source:** ${source}. **Kept:** ${kept}.${list}

Nothing about a person${personal.length === 0 ? '' : ' by themselves'}: ${others.map(({ name }) => `\`${name}\``).join(', ')}.`;
}
