/**
 * What the audit log keeps of a change: for each kind of subject a list of fields. A field that is not listed never
 * enters an entry, so keys, secrets, hashes, tokens, and the data of contacts stay out by construction. Pure.
 */
import { createHash } from 'node:crypto';
import {
  accountChange,
  audienceChange,
  campaignChange,
  creativeChange,
  offerChange,
} from '../../catalog/schemas.ts';
import { domainChange } from '../../domains/schemas.ts';

/** Characters of a field as JSON; of a longer one the entry has a hash. */
const FIELD_LENGTH_MAX = 16_384;

/** Of the catalog, what callers may set; `secret_generation` counts how often a secret was replaced. */
const FIELDS = {
  account: [...Object.keys(accountChange.shape), 'secret_generation'],
  session: [],
  member: ['email', 'role', 'state'],
  key: ['name', 'prefix', 'scopes', 'expires_at', 'test', 'revoked'],
  admin_key: ['name', 'prefix', 'expires_at'],
  receipts: [],
  optout: [],
  offer: [
    ...Object.keys(offerChange.shape),
    ...['secret_generation', 'report_id', 'conversion_id'],
    ...['booking', 'model', 'window_days', 'view_window_hours', 'from', 'to'],
  ],
  creative: Object.keys(creativeChange.shape),
  campaign: Object.keys(campaignChange.shape),
  audience: Object.keys(audienceChange.shape),
  annotation: ['at', 'text', 'campaign_id'],
  view: [
    ...['name', 'path', 'parameters', 'days', 'private', 'shared', 'columns', 'expires_at', 'asks_password'],
    ...['password_changed', 'address_changed'],
  ],
  schedule: [
    ...[
      'view_id',
      'every',
      'hour',
      'weekday',
      'month_day',
      'columns',
      'readers',
      'chat',
      'attach_csv',
      'language',
      'status',
    ],
    'reader',
  ],
  export: [
    ...['name', 'every', 'datasets', 'format', 'window_by', 'filters', 'place', 'from', 'to', 'state'],
    'keys_changed',
  ],
  webhook: [
    ...['name', 'kind', 'host', 'events', 'filter', 'fields', 'batch', 'status', 'preset', 'method'],
    ...['secret_made_at', 'reason', 'ids', 'from', 'to'],
  ],
  domain: [...Object.keys(domainChange.shape), 'status'],
  link: ['status', 'expires_at', 'url_params', 'query'],
  erasure: ['contacts'],
  rejudgement: ['from', 'to'],
  conversions: [
    'state',
    'note',
    'file_name',
    'network',
    'accepted',
    'duplicates',
    'unattributed',
    'skipped',
    'rejected',
    'offer_id',
    'from',
    'to',
    'lines',
    'matched',
  ],
  import: ['state', 'kind', 'preset', 'file_name', 'mapping'],
  dead_letter: ['log', 'partition', 'batch', 'logged_at_ms', 'replayed'],
  takedown: ['kind', 'id', 'reason'],
  installation: ['restored', 'grace_hours', 'leaked', 'queue', 'job'],
} as const satisfies Record<string, readonly string[]>;

export type SubjectKind = keyof typeof FIELDS;
export const SUBJECT_KINDS = Object.keys(FIELDS) as SubjectKind[];

/** A state of a subject; only the fields of its kind are looked at. */
export type State = Readonly<Record<string, unknown>>;

/** The listed fields in which the two states differ, each as JSON; `{}` for nothing. */
export function difference(
  kind: SubjectKind,
  before: object,
  after: object,
): { before: string; after: string } {
  const was: Record<string, unknown> = {};
  const is: Record<string, unknown> = {};
  for (const field of FIELDS[kind] as readonly string[]) {
    const [old, fresh] = [shortened(before, field), shortened(after, field)];
    if (JSON.stringify(old) === JSON.stringify(fresh)) continue;
    if (old !== undefined) was[field] = old;
    if (fresh !== undefined) is[field] = fresh;
  }
  return { before: JSON.stringify(was), after: JSON.stringify(is) };
}

function shortened(state: object, field: string): unknown {
  if (!Object.hasOwn(state, field)) return undefined;
  const value = (state as State)[field];
  const text = JSON.stringify(value);
  if (text === undefined || text.length <= FIELD_LENGTH_MAX) return value;
  return `sha256:${createHash('sha256').update(text).digest('hex')} of ${text.length} characters`;
}
