/** The audit log: every change in a range with who, from where, before and after; with filters, pages and files. */
import type { JSX } from 'react';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { Pages } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Audit = AnswerOf<'/v2/audit'>;
type Entry = Audit['entries'][number];
const PER_PAGE = 50;
const FILTERS = [
  ['actor', t.audit.who, t.audit.who_hint],
  ['action', t.audit.action, 'offer.changed'],
  ['subject_id', t.audit.changed, t.audit.changed_hint],
  ['address', t.audit.from, t.audit.from_hint],
] as const;

const FORMATS = ['csv', 'ndjson'] as const;

/** Pages of the dashboard that show a subject; the operator has none of them. */
const PAGES: Record<string, string> = {
  offer: '/offers',
  creative: '/creatives',
  campaign: '/campaigns',
  link: '/links',
};

export function AuditPage({ admin }: { admin: boolean }): JSX.Element {
  const place = usePlace();
  const { query } = place;
  const account = admin ? { account_id: query['account_id'] } : {};
  const filters = Object.fromEntries(FILTERS.map(([name]) => [name, query[name]]));
  const asked = { ...rangeOf(place), ...account, ...filters };
  const answer = useAnswer('/v2/audit', { ...asked, page: query['page'], per_page: PER_PAGE });
  return (
    <div>
      <Title text={t.pages.audit} />
      <RangePicker place={place} />
      <Filters place={place} admin={admin} />
      <div className="tools">
        {FORMATS.map((format) => (
          <a
            key={format}
            className="button"
            href={addressOf('/v2/audit', { ...asked, format })}
            download={`audit.${format}`}
          >
            {t.audit.download(format.toUpperCase())}
          </a>
        ))}
      </div>
      <Answered
        answer={answer}
        show={({ entries, page, per_page, total }) =>
          total === 0 ? (
            <Empty>
              <p>{t.audit.empty}</p>
            </Empty>
          ) : (
            <div>
              <p className="muted">{t.audit.changes(total, count(total))}</p>
              <ol className="audit">
                {entries.map((entry) => (
                  <EntryOf key={entry.audit_id} entry={entry} admin={admin} />
                ))}
              </ol>
              <Pages place={place} page={page} per_page={per_page} total={total} />
            </div>
          )
        }
      />
    </div>
  );
}

/** More are folded. */
const FIELDS_SHOWN_MAX = 6;

function EntryOf({ entry, admin }: { entry: Entry; admin: boolean }): JSX.Element {
  const { at, action, actor_kind, actor_name, actor_id, address, outcome, account_id } = entry;
  const who = actor_name || actor_id || (actor_kind === 'operator' ? t.audit.the_operator : actor_kind);
  return (
    <li>
      <p>
        <strong>{action}</strong> <Subject entry={entry} admin={admin} />
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
  if (value === '') return '(empty)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Filters({ place, admin }: { place: Place; admin: boolean }): JSX.Element {
  const all = admin ? [...FILTERS, ['account_id', t.audit.account, t.audit.account_hint] as const] : FILTERS;
  return (
    <search>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          go(
            withQuery(place, Object.fromEntries(all.map(([name]) => [name, String(data.get(name)).trim()]))),
          );
        }}
      >
        {all.map(([name, title, placeholder]) => (
          <label key={name}>
            {title}
            {/* Not `value`, because an answer that arrives would overwrite the text that is being typed. */}
            <input
              name={name}
              placeholder={placeholder}
              defaultValue={place.query[name] ?? ''}
              key={place.query[name] ?? ''}
            />
          </label>
        ))}
        <button type="submit">{t.audit.filter}</button>
      </form>
    </search>
  );
}
