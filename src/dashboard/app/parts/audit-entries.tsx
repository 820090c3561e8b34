/** Entries of the audit log: who changed what, when, from where, before and after. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { time } from '../format.ts';
import { t } from '../strings/strings.ts';

export type Entry = AnswerOf<'/v2/audit'>['entries'][number];

/** Pages of the dashboard that show a subject; the operator has none of them. */
const PAGES: Record<string, string> = {
  offer: '/offers',
  creative: '/creatives',
  campaign: '/campaigns',
  link: '/links',
};

/** `about`: the page is about the subject already. */
export function AuditEntries({
  entries,
  admin = false,
  about = false,
}: {
  entries: readonly Entry[];
  admin?: boolean;
  about?: boolean;
}): JSX.Element {
  return (
    <ol className="audit">
      {entries.map((entry) => (
        <EntryOf key={entry.audit_id} entry={entry} admin={admin} about={about} />
      ))}
    </ol>
  );
}

/** More are folded. */
const FIELDS_SHOWN_MAX = 6;

function EntryOf({ entry, admin, about }: { entry: Entry; admin: boolean; about: boolean }): JSX.Element {
  const { at, action, actor_kind, actor_name, actor_id, address, outcome, account_id } = entry;
  const who = actor_name || actor_id || (actor_kind === 'operator' ? t.audit.the_operator : actor_kind);
  return (
    <li>
      <p>
        <strong>{action}</strong> {!about && <Subject entry={entry} admin={admin} />}
        {outcome === 'unknown' && (
          <span className="outcome" title={t.audit.unknown_means}>
            {t.audit.unknown}
          </span>
        )}
      </p>
      <p className="muted">
        <time dateTime={at}>{time(at)}</time>
        {` · ${who}`}
        {who !== actor_kind && actor_kind !== 'operator' && ` (${actor_kind})`}
        {address !== '' && ` · ${address}`}
        {admin && account_id !== '' && ` · ${account_id}`}
      </p>
      <Difference {...entry} />
    </li>
  );
}

function Subject({
  entry: { subject_kind, subject_id },
  admin,
}: {
  entry: Entry;
  admin: boolean;
}): JSX.Element | null {
  const page = admin ? undefined : PAGES[subject_kind];
  if (subject_id === '') return null;
  if (page === undefined) return <code>{subject_id}</code>;
  return <a href={`${page}/${encodeURIComponent(subject_id)}`}>{subject_id}</a>;
}

/** Each field that changed: what it was, and what it is. */
function Difference({ before, after }: Pick<Entry, 'before' | 'after'>): JSX.Element | null {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (fields.length === 0) return null;
  const list = <Fields fields={fields} before={before} after={after} />;
  if (fields.length <= FIELDS_SHOWN_MAX) return list;
  return (
    <details>
      <summary>{t.audit.fields(fields.length)}</summary>
      {list}
    </details>
  );
}

function Fields({
  fields,
  before,
  after,
}: Pick<Entry, 'before' | 'after'> & { fields: readonly string[] }): JSX.Element {
  return (
    <dl>
      {fields.map((field) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            {field in before && <del>{shown(before[field])}</del>}
            {field in before && field in after && ' → '}
            {field in after && <ins>{shown(after[field])}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): string {
  if (value === '') return t.audit.empty_text;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
