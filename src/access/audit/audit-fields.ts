/**
 * The fields of an entry of the audit log, each defined once: LOGGED_ENTRY says what is on the log, AUDIT_FIELDS which
 * columns of trackly.audit are made of it and what each means. The codec (audit-entry.ts), the insert, the schema and
 * the answers of the API derive from them. Pure.
 */
import { defineColumns } from '../../clickhouse/columns.ts';
import { oneOf, type Shaped, text, time_ms } from '../../platform/row-shape.ts';

export const ACTOR_KINDS = ['key', 'member', 'operator', 'system'] as const;
export const OUTCOMES = ['done', 'unknown'] as const;

/** What is on the log, in this order. */
export const LOGGED_ENTRY = {
  audit_id: text,
  account_id: text,
  at_ms: time_ms,
  outcome: oneOf(OUTCOMES),
  actor_kind: oneOf(ACTOR_KINDS),
  actor_id: text,
  actor_name: text,
  address: text,
  action: text,
  subject_kind: text,
  subject_id: text,
  /** JSON of the fields that changed. */
  before: text,
  after: text,
} as const;

/** An entry as the log has it. */
export type AuditEntry = Shaped<typeof LOGGED_ENTRY>;

/** An entry ready to insert into the table. */
export interface AuditLine {
  entry: AuditEntry;
  /** Token of its batch. */
  batch: string;
  expires_at_s: number;
}

const TIME = "DateTime64(3, 'UTC')";
const WORD = 'LowCardinality(String)';

/** The columns of trackly.audit. Of contacts none tells anything; names and addresses are those of who asked. */
export const AUDIT_FIELDS = defineColumns<AuditLine>()({
  account_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Account that was changed; empty: the installation',
    value: ({ entry }) => entry.account_id,
  },
  at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the change was asked for, UTC',
    value: ({ entry }) => entry.at_ms,
  },
  audit_id: { type: 'String', personal: 'none', meaning: 'The entry', value: ({ entry }) => entry.audit_id },
  outcome: {
    type: WORD,
    personal: 'none',
    meaning:
      'done, or unknown: the request failed or its process was killed between asking and answering; the subject says whether it changed',
    value: ({ entry }) => entry.outcome,
  },
  actor_kind: {
    type: WORD,
    personal: 'none',
    meaning:
      'Who asked: key (an API key), member, operator (an admin key), or system (a command or a worker)',
    value: ({ entry }) => entry.actor_kind,
  },
  actor_id: {
    type: 'String',
    personal: 'none',
    meaning: 'The key, member or command',
    value: ({ entry }) => entry.actor_id,
  },
  actor_name: {
    type: 'String',
    personal: 'none',
    meaning: 'The name of the key, or the address of the member, as it was then',
    value: ({ entry }) => entry.actor_name,
  },
  address: {
    type: 'String',
    personal: 'none',
    meaning: 'IP address that the request came from; empty for the system',
    value: ({ entry }) => entry.address,
  },
  action: {
    type: WORD,
    personal: 'none',
    meaning: 'What was done: offer.changed',
    value: ({ entry }) => entry.action,
  },
  subject_kind: {
    type: WORD,
    personal: 'none',
    meaning: 'What it was done to: offer',
    value: ({ entry }) => entry.subject_kind,
  },
  subject_id: { type: 'String', personal: 'none', meaning: 'Its id', value: ({ entry }) => entry.subject_id },
  before: {
    type: 'String',
    personal: 'none',
    meaning: 'The fields that changed, as they were: JSON. Secrets are never in it',
    value: ({ entry }) => entry.before,
    codec: 'ZSTD(3)',
  },
  after: {
    type: 'String',
    personal: 'none',
    meaning: 'The same fields as they became. With an unknown outcome: as they were asked for',
    value: ({ entry }) => entry.after,
    codec: 'ZSTD(3)',
  },
  batch: {
    type: 'String',
    personal: 'none',
    meaning: 'Token of the batch that inserted the row',
    value: ({ batch }) => batch,
  },
  inserted_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the row was inserted, UTC',
    default: 'now64(3)',
  },
  expires_at: {
    type: "DateTime('UTC')",
    personal: 'none',
    meaning: "When the row is deleted, from the account's audit_retention_days",
    value: ({ expires_at_s }) => expires_at_s,
  },
});
