/** What a page is about: all of the account, or one campaign, offer or creative, chosen from lists and kept in the address. */
import type { JSX } from 'react';
import { wantedBy } from '../filter-text.ts';
import { go, type Place, withQuery } from '../location.ts';
import { type DefinedKind, idOf } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';
import { Chips } from './chip.tsx';
import { Picker } from './picker.tsx';

const KINDS = ['campaigns', 'offers', 'creatives'] as const satisfies DefinedKind[];

/** Of a list only one can be chosen. */
const isSeveral = (text: string | undefined): boolean => {
  const { not, values } = wantedBy(text);
  return not || values.length > 1;
};

/** The filters that the address has. */
export const itemFiltersOf = ({ query }: Place): Record<string, string> =>
  Object.fromEntries(
    KINDS.flatMap((kind) => (query[idOf(kind)] ? [[idOf(kind), query[idOf(kind)] ?? '']] : [])),
  );

export function ItemFilters({ place }: { place: Place }): JSX.Element {
  return (
    <fieldset className="tools" aria-label={t.filters.label}>
      {KINDS.map((kind) =>
        isSeveral(place.query[idOf(kind)]) ? (
          <Chips key={kind} place={place} name={idOf(kind)} kind={kind} label={t.kinds[kind]} />
        ) : (
          <Picker
            key={kind}
            kind={kind}
            label={t.kinds[kind]}
            value={place.query[idOf(kind)] ?? ''}
            none={t.filters.all}
            chosen={(id) => go(withQuery(place, { [idOf(kind)]: id }))}
          />
        ),
      )}
    </fieldset>
  );
}
