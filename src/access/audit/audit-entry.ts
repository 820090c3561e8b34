/**
 * An entry of the audit log: one change, who asked for it, and what it changed. Decoding throws on a row that does not
 * match LOGGED_ENTRY; the reader sets that row aside as a dead letter. Pure.
 */
import { listReader } from '../../platform/row-shape.ts';
import { type AuditEntry, LOGGED_ENTRY } from './audit-fields.ts';

/** Name of the log; its streams are `audit:{p0}` … */
export const AUDIT_LOG = 'audit';

const NAMES = Object.keys(LOGGED_ENTRY) as (keyof AuditEntry)[];

/** One row of the log, without a line break, in the order of LOGGED_ENTRY. */
export const encodeEntry = (entry: AuditEntry): string => JSON.stringify(NAMES.map((name) => entry[name]));

const readEntry = listReader('audit', LOGGED_ENTRY);

/** Decodes what encodeEntry wrote. Throws on any other text and names the invalid field. */
export const decodeEntry = (row: string): AuditEntry => readEntry(JSON.parse(row));
