/** A filter of the address, which a click removes. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { wantedBy, withoutValue } from '../filter-text.ts';
import { go, type Place, withQuery } from '../location.ts';
import type { DefinedKind } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

interface ChipProps {
  place: Place;
  name: string;
  text: string;
  /** What is left of the filter without the chip. */
  left?: string;
}

export function Chip({ place, name, text, left = '' }: ChipProps): JSX.Element {
  return (
    <button type="button" className="chip" onClick={() => go(withQuery(place, { [name]: left }))}>
      {`${text} `}
      <span aria-hidden="true">×</span>
      <span className="hidden">{t.list.remove_filter}</span>
    </button>
  );
}

interface ChipsProps {
  place: Place;
  name: string;
  /** What the filter is called. */
  label: string;
  /** Of things in the catalog, which are shown by their names. */
  kind?: DefinedKind | undefined;
  /** How a value is shown. */
  show?: (value: string) => string;
}

/** A chip for each value of a filter of the address. */
export function Chips({ place, name, label, kind, show = (value) => value }: ChipsProps): JSX.Element {
  const text = place.query[name];
  const { not, values } = wantedBy(text);
  const said = not ? t.slices.without(label) : label;
  return (
    <>
      {values.map((value) => {
        const part = { place, name, left: withoutValue(text, value) };
        return kind === undefined ? (
          <Chip key={value} {...part} text={`${said}: ${show(value)}`} />
        ) : (
          <ItemChip key={value} {...part} kind={kind} id={value} label={said} />
        );
      })}
    </>
  );
}

/** Of something in the catalog, by its name. */
const ItemChip = ({
  kind,
  id,
  label,
  ...part
}: Omit<ChipProps, 'text'> & { kind: DefinedKind; id: string; label: string }): JSX.Element => (
  <Chip {...part} text={`${label}: ${useItemName(kind, id)}`} />
);

/** The name of something in the catalog; its id while there is none. */
export function useItemName(kind: DefinedKind, id: string): string {
  const { value } = useAnswer(`/v2/${kind}/{id}`, { id });
  return (value as AnswerOf<'/v2/offers/{id}'> | undefined)?.name || id;
}
