/** In place of many empty parts: that a range, or what its filters leave, has nothing, and what to do. */
import type { JSX } from 'react';
import { day } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';
import { rangeOf } from './range.tsx';
import { Empty } from './states.tsx';

const LONGER_DAYS = 89;

export interface NothingHereProps {
  place: Place;
  /** What there is none of, as a sentence. */
  text: string;
  /** Names of the filters that the page takes from the address. */
  filters: readonly string[];
  /** Whether the reader may send a first message. */
  may_start?: boolean;
}

export function NothingHere({ place, text, filters, may_start = false }: NothingHereProps): JSX.Element {
  const set = filters.filter((name) => place.query[name]);
  const { from, to } = rangeOf(place);
  const has_last_days = from <= day(LONGER_DAYS) && to >= day();
  return (
    <Empty>
      <p>{text}</p>
      <p>{set.length > 0 ? t.list.longer : t.explore.longer}</p>
      <div className="actions">
        {set.length > 0 && (
          <button
            type="button"
            onClick={() => go(withQuery(place, Object.fromEntries(set.map((name) => [name, '']))))}
          >
            {t.explore.unfilter}
          </button>
        )}
        {!has_last_days && (
          <button type="button" onClick={() => go(withQuery(place, { from: day(LONGER_DAYS), to: day() }))}>
            {t.explore.last_days(LONGER_DAYS + 1)}
          </button>
        )}
        {may_start && set.length === 0 && (
          <a className="button" href="/start">
            {t.start.link}
          </a>
        )}
      </div>
    </Empty>
  );
}
