/** A filter of the address, which a click removes. */
import type { JSX } from 'react';
import { go, type Place, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';

export function Chip({ place, name, text }: { place: Place; name: string; text: string }): JSX.Element {
  return (
    <button type="button" className="chip" onClick={() => go(withQuery(place, { [name]: '' }))}>
      {`${text} `}
      <span aria-hidden="true">×</span>
      <span className="hidden">{t.list.remove_filter}</span>
    </button>
  );
}
