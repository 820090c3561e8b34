/** Explore: what the clicks of the account are made of, by any measure and any breakdown, with filters in the address. */
import type { JSX } from 'react';
import { EXPLORED, isOfClicks } from '../explored.ts';
import { usePlace } from '../location.ts';
import { Breakdown } from '../parts/breakdown.tsx';
import { Choices } from '../parts/choices.tsx';
import { ItemFilters } from '../parts/item-filters.tsx';
import { RangePicker } from '../parts/range.tsx';
import { Ranking } from '../parts/ranking.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';

/** Filters that the lists of the page show. */
const IN_LISTS = ['campaign_id', 'offer_id', 'creative_id'];

export function ExplorePage({ may_start }: { may_start: boolean }): JSX.Element {
  const place = usePlace();
  const measure = EXPLORED.find((one) => one === place.query['measure']) ?? 'clicks_human';
  return (
    <div>
      <Title text={t.pages.explore} />
      <p className="muted">{t.explore.about}</p>
      <RangePicker place={place} of_reports />
      <ItemFilters place={place} />
      <Choices
        place={place}
        name="measure"
        label={t.send_times.measure}
        chosen={measure}
        choices={EXPLORED.map((one) => [one, t.explore.measures[one]])}
      />
      {isOfClicks(measure) ? (
        <Breakdown place={place} measure={measure} shown_elsewhere={IN_LISTS} may_start={may_start} />
      ) : (
        <Ranking place={place} measure={measure} may_start={may_start} />
      )}
    </div>
  );
}
