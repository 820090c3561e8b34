/**
 * The filters of a page, as chips of the address: added and removed where they are seen. Those of the catalog and the
 * domain hold for all figures; those of what was tapped with only for clicks of people.
 */
import { type JSX, useState } from 'react';
import { withValue } from '../filter-text.ts';
import { count } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { Chips } from './chip.tsx';
import { useLabels } from './labels.ts';
import { reportRangeOf } from './range.tsx';
import './figures.css';

const ITEMS = ['campaign_id', 'offer_id', 'creative_id'] as const;
const ENTITIES = [...ITEMS, 'domain'] as const;
const TAPS = ['device', 'os', 'browser', 'in_app', 'country', 'network'] as const;
/** The filters of the address that are shown here. */
export const SLICES: readonly string[] = [...ENTITIES, ...TAPS];
type Entity = (typeof ENTITIES)[number];
type Tap = (typeof TAPS)[number];
const isTap = (name: string): name is Tap => (TAPS as readonly string[]).includes(name);

/** Filters that the page itself sets. */
export type Fixed = Partial<Record<Entity, string>>;

/** How the API filters by an empty value. */
const NONE = 'none';
/** Of a list to choose from: those with the most clicks. */
const VALUES_SHOWN = 200;

export interface Sliced {
  entities: Fixed;
  taps: Partial<Record<Tap, string>>;
}

/** The filters of the address, without those that the page sets itself. */
export function slicesOf({ query }: Place, fixed: Fixed): Sliced {
  const given = <Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> =>
    Object.fromEntries(names.flatMap((name) => (query[name] ? [[name, query[name]]] : []))) as Partial<
      Record<Name, string>
    >;
  const free = ENTITIES.filter((name) => fixed[name] === undefined);
  return { entities: given(free), taps: given(TAPS) };
}

export function Slices({ place, fixed }: { place: Place; fixed: Fixed }): JSX.Element {
  const { entities, taps } = slicesOf(place, fixed);
  const { domain, ...items } = entities;
  const [adding, setAdding] = useState(false);
  const labelOf = useLabels(Object.keys(taps).length > 0 || adding);
  const nameOf: NameOf = (name, value) =>
    labelOf?.(name, { value: value === NONE ? '' : value, name: null }) ?? value;
  return (
    <fieldset className="tools" aria-label={t.slices.title}>
      {ITEMS.filter((name) => items[name] !== undefined).map((name) => (
        <Chips key={name} place={place} name={name} kind={KINDS[name]} label={t.slices.by[name]} />
      ))}
      {domain !== undefined && <Chips place={place} name="domain" label={t.slices.by.domain} />}
      {(Object.keys(taps) as Tap[]).map((name) => (
        <Chips
          key={name}
          place={place}
          name={name}
          label={t.breakdown.by[name]}
          show={(value) => nameOf(name, value)}
        />
      ))}
      <button type="button" aria-expanded={adding} onClick={() => setAdding(!adding)}>
        {t.slices.add}
      </button>
      {adding && <Adding place={place} fixed={fixed} nameOf={nameOf} />}
    </fieldset>
  );
}

const KINDS = { campaign_id: 'campaigns', offer_id: 'offers', creative_id: 'creatives' } as const;

type NameOf = (name: Tap, value: string) => string;

function Adding({ place, fixed, nameOf }: { place: Place; fixed: Fixed; nameOf: NameOf }): JSX.Element {
  const names = [...ENTITIES.filter((name) => fixed[name] === undefined), ...TAPS];
  const [name, setName] = useState<Entity | Tap>(names[0] ?? 'device');
  const { values, loading } = useValues(place, fixed, name);
  return (
    <form
      className="adding"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const value = String(form.get('value') ?? '');
        const not = form.get('how') === 'not';
        if (value !== '') go(withQuery(place, { [name]: withValue(place.query[name], value, not) }));
      }}
    >
      <label>
        {t.slices.which}
        <select value={name} onChange={({ target }) => setName(target.value as Entity | Tap)}>
          {names.map((one) => (
            <option key={one} value={one}>
              {isTap(one) ? t.breakdown.by[one] : t.slices.by[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="hidden">{t.slices.how}</span>
        <select name="how">
          <option value="is">{t.slices.is}</option>
          <option value="not">{t.slices.is_not}</option>
        </select>
      </label>
      <label>
        <span className="hidden">{t.slices.value}</span>
        <select name="value" key={name} disabled={values.length === 0}>
          {values.map(([value, title, clicks]) => (
            <option key={value} value={value}>
              {`${title || (isTap(name) ? nameOf(name, value) : value)} (${count(clicks)})`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={values.length === 0}>
        {t.slices.filter}
      </button>
      <span className="muted" role="status">
        {values.length === 0 && (loading ? t.shared.loading : t.slices.no_values)}
      </span>
    </form>
  );
}

const LISTS = {
  campaign_id: '/v2/reports/campaigns',
  offer_id: '/v2/reports/offers',
  creative_id: '/v2/reports/creatives',
  domain: '/v2/reports/domains',
} as const;

type Value = [value: string, title: string, clicks: number];

/** What there is in the range under the other filters, with its clicks of people. */
function useValues(place: Place, fixed: Fixed, name: Entity | Tap): { values: Value[]; loading: boolean } {
  const { entities, taps } = slicesOf(place, fixed);
  const asked = { ...reportRangeOf(place), ...fixed, ...entities, [name]: undefined };
  const listed = useAnswer(isTap(name) ? undefined : LISTS[name], {
    ...asked,
    sort: '-clicks_human',
    per_page: VALUES_SHOWN,
  });
  const tapped = useAnswer(isTap(name) ? '/v2/reports/breakdown' : undefined, {
    ...{ ...asked, ...taps, [name]: undefined },
    by: name,
    limit: VALUES_SHOWN,
  });
  if (isTap(name)) {
    const rows = tapped.value?.by === name ? tapped.value.rows : [];
    return {
      loading: tapped.loading,
      values: rows.map((row): Value => {
        const none = row.value === '' || (name === 'network' && row.value === '0');
        return [none ? NONE : row.value, row.name ?? '', row.clicks_human];
      }),
    };
  }
  // A thing has a row for each currency that it earned in.
  const rows = new Map(
    ((listed.value?.rows ?? []) as readonly ListedRow[]).map((row) => [row[name] ?? '', row] as const),
  );
  return {
    loading: listed.loading,
    values: [...rows].flatMap(([id, row]): Value[] =>
      id === '' ? [] : [[id, row.name ?? '', row.clicks_human]],
    ),
  };
}

/** Of any of the lists: an id, its name, and what is counted. */
type ListedRow = Partial<Record<Entity, string>> & { name?: string | null; clicks_human: number };
