/** What a page is about: all of the account, or one campaign, offer or creative, chosen from lists and kept in the address. */
import type { JSX } from 'react';
import { type AnswerOf, addressOf } from '../api.ts';
import { go, type Place, withQuery } from '../location.ts';
import { type DefinedKind, idOf } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';
import { useAddress, useAnswer } from '../use-answer.ts';

const KINDS = ['campaigns', 'offers', 'creatives'] as const satisfies DefinedKind[];
/** The newest; an older one is chosen on its own page. */
const LISTED_MAX = 200;

/** The filters that the address has. */
export const itemFiltersOf = ({ query }: Place): Record<string, string> =>
  Object.fromEntries(
    KINDS.flatMap((kind) => (query[idOf(kind)] ? [[idOf(kind), query[idOf(kind)] ?? '']] : [])),
  );

export function ItemFilters({ place }: { place: Place }): JSX.Element {
  return (
    <fieldset className="tools" aria-label={t.filters.label}>
      {KINDS.map((kind) => (
        <ItemFilter key={kind} kind={kind} place={place} />
      ))}
    </fieldset>
  );
}

function ItemFilter({ kind, place }: { kind: DefinedKind; place: Place }): JSX.Element {
  const id_name = idOf(kind);
  const chosen = place.query[id_name] ?? '';
  const { value } = useAddress<Record<string, { name: string }[]>>(
    addressOf(`/v2/${kind}`, { per_page: LISTED_MAX }),
  );
  const items = (value?.[kind] ?? []) as (Record<string, string> & { name: string })[];
  const known = items.some((item) => item[id_name] === chosen);
  return (
    <label>
      {`${t.kinds[kind]} `}
      <select value={chosen} onChange={(event) => go(withQuery(place, { [id_name]: event.target.value }))}>
        <option value="">{t.filters.all}</option>
        {chosen !== '' && !known && <Unlisted kind={kind} id={chosen} />}
        {items.map((item) => (
          <option key={item[id_name]} value={item[id_name]}>
            {item.name || item[id_name]}
          </option>
        ))}
      </select>
    </label>
  );
}

const Unlisted = ({ kind, id }: { kind: DefinedKind; id: string }): JSX.Element => (
  <option value={id}>{useItemName(kind, id)}</option>
);

/** The name of something in the catalog; its id while there is none. */
export function useItemName(kind: DefinedKind, id: string): string {
  const { value } = useAnswer(`/v2/${kind}/{id}`, { id });
  return (value as AnswerOf<'/v2/offers/{id}'> | undefined)?.name || id;
}
