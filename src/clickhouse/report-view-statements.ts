/** The statements of the schema that make the report views, by the names of these. Reads the files of schema/. */
import { readdirSync, readFileSync } from 'node:fs';
import { type ClusterTables, onNode } from './cluster-ddl.ts';
import { filled } from './column-sql.ts';
import { splitStatements } from './split-statements.ts';

const SCHEMA = new URL('./schema/', import.meta.url);
const REPORT_VIEW = /^CREATE VIEW IF NOT EXISTS trackly\.(report_\w+)/;

/** As a node of a cluster runs them; a later file's statement stands for an earlier one. */
export function reportViewStatements(tables: ClusterTables): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(SCHEMA).toSorted()) {
    for (const statement of splitStatements(filled(readFileSync(new URL(file, SCHEMA), 'utf8')))) {
      const [, name] = REPORT_VIEW.exec(statement) ?? [];
      if (name !== undefined) found.set(name, onNode(statement, tables).join());
    }
  }
  return found;
}
