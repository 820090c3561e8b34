/** A filter of the address, which a click removes. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { go, type Place, withQuery } from '../location.ts';
import type { DefinedKind } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

export function Chip({ place, name, text }: { place: Place; name: string; text: string }): JSX.Element {
  return (
    <button type="button" className="chip" onClick={() => go(withQuery(place, { [name]: '' }))}>
      {`${text} `}
      <span aria-hidden="true">×</span>
      <span className="hidden">{t.list.remove_filter}</span>
    </button>
  );
}

interface ItemChipProps {
  place: Place;
  name: string;
  kind: DefinedKind;
  id: string;
  /** What the filter is called. */
  label: string;
}

/** Of something in the catalog, by its name. */
export const ItemChip = ({ place, name, kind, id, label }: ItemChipProps): JSX.Element => (
  <Chip place={place} name={name} text={`${label}: ${useItemName(kind, id)}`} />
);

/** The name of something in the catalog; its id while there is none. */
export function useItemName(kind: DefinedKind, id: string): string {
  const { value } = useAnswer(`/v2/${kind}/{id}`, { id });
  return (value as AnswerOf<'/v2/offers/{id}'> | undefined)?.name || id;
}
