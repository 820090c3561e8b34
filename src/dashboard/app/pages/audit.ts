/** The audit log: every change in a range with who, from where, before and after; with filters, pages and files. */
import { h, type JSX } from 'preact';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { RangePicker, rangeOf } from '../parts/range.ts';
import { Answered, Empty } from '../parts/states.ts';
import { Pages } from '../parts/table.ts';
import { useAnswer } from '../use-answer.ts';

type Audit = AnswerOf<'/v2/audit'>;
type Entry = Audit['entries'][number];

const PER_PAGE = 50;
const FILTERS = [
  ['actor', 'Who', 'Name or id of a key or member'],
  ['action', 'Action', 'offer.changed'],
  ['subject_id', 'Changed', 'Id of what was changed'],
  ['address', 'From', 'IP address'],
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
  return h(
    'div',
    {},
    h('h1', {}, 'Audit'),
    h(RangePicker, { place }),
    h(Filters, { place, admin }),
    h(
      'div',
      { class: 'tools' },
      FORMATS.map((format) =>
        h(
          'a',
          {
            key: format,
            class: 'button',
            href: addressOf('/v2/audit', { ...asked, format }),
            download: `audit.${format}`,
          },
          `Download ${format.toUpperCase()}`,
        ),
      ),
    ),
    h(Answered<Audit>, {
      answer,
      show: ({ entries, page, per_page, total }) =>
        total === 0
          ? h(Empty, {}, h('p', {}, 'Nothing was changed in this range, or nothing that fits the filters.'))
          : h(
              'div',
              {},
              h('p', { class: 'muted' }, `${count(total)} ${total === 1 ? 'change' : 'changes'}`),
              h(
                'ol',
                { class: 'audit' },
                entries.map((entry) => h(EntryOf, { key: entry.audit_id, entry, admin })),
              ),
              h(Pages, { place, page, per_page, total }),
            ),
    }),
  );
}

/** More are folded. */
const FIELDS_SHOWN_MAX = 6;

function EntryOf({ entry, admin }: { entry: Entry; admin: boolean }): JSX.Element {
  const { at, action, actor_kind, actor_name, actor_id, address, outcome, account_id } = entry;
  const who = actor_name || actor_id || (actor_kind === 'operator' ? 'the operator' : actor_kind);
  return h(
    'li',
    {},
    h(
      'p',
      {},
      h('strong', {}, action),
      ' ',
      h(Subject, { entry, admin }),
      outcome === 'unknown' &&
        h(
          'span',
          { class: 'outcome', title: 'The request failed or broke off: look whether it changed' },
          'outcome unknown',
        ),
    ),
    h(
      'p',
      { class: 'muted' },
      h('time', { dateTime: at }, time(at)),
      ` · ${who}`,
      who !== actor_kind && actor_kind !== 'operator' && ` (${actor_kind})`,
      address !== '' && ` · ${address}`,
      admin && account_id !== '' && ` · ${account_id}`,
    ),
    h(Difference, entry),
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
  if (page === undefined) return h('code', {}, subject_id);
  return h('a', { href: `${page}/${encodeURIComponent(subject_id)}` }, subject_id);
}

/** Each field that changed: what it was, and what it is. */
function Difference({ before, after }: Pick<Entry, 'before' | 'after'>): JSX.Element | null {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (fields.length === 0) return null;
  const list = h(Fields, { fields, before, after });
  if (fields.length <= FIELDS_SHOWN_MAX) return list;
  return h('details', {}, h('summary', {}, `${fields.length} fields`), list);
}

function Fields({
  fields,
  before,
  after,
}: Pick<Entry, 'before' | 'after'> & { fields: readonly string[] }): JSX.Element {
  return h(
    'dl',
    {},
    fields.map((field) =>
      h(
        'div',
        { key: field },
        h('dt', {}, field),
        h(
          'dd',
          {},
          field in before && h('del', {}, shown(before[field])),
          field in before && field in after && ' → ',
          field in after && h('ins', {}, shown(after[field])),
        ),
      ),
    ),
  );
}

function shown(value: unknown): string {
  if (value === '') return '(empty)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Filters({ place, admin }: { place: Place; admin: boolean }): JSX.Element {
  const all = admin ? [...FILTERS, ['account_id', 'Account', 'Id of an account'] as const] : FILTERS;
  return h(
    'form',
    {
      class: 'filters',
      role: 'search',
      onSubmit: (event: Event) => {
        event.preventDefault();
        const data = new FormData(event.target as HTMLFormElement);
        go(withQuery(place, Object.fromEntries(all.map(([name]) => [name, String(data.get(name)).trim()]))));
      },
    },
    all.map(([name, title, placeholder]) =>
      h(
        'label',
        { key: name },
        title,
        // Not `value`, because an answer that arrives would overwrite the text that is being typed.
        h('input', {
          name,
          placeholder,
          defaultValue: place.query[name] ?? '',
          key: place.query[name] ?? '',
        }),
      ),
    ),
    h('button', { type: 'submit' }, 'Filter'),
  );
}
