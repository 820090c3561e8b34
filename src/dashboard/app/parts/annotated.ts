/** The annotations that a chart of a range shows, and where they are made. */
import { useMemo } from 'react';
import { addressOf } from '../api.ts';
import { wantedBy } from '../filter-text.ts';
import type { Note } from '../marks.ts';
import { useAnswer } from '../use-answer.ts';
import type { Range } from './range.tsx';

export interface Annotated {
  notes: readonly Note[];
  /** Of the page that lists and makes them. */
  href: string;
}

/** The same object, so that a chart without any is not drawn again. */
const NONE: readonly Note[] = [];

/** Asks for them beside the figures, without which there is no chart yet. */
export function useAnnotationsSoon({ from, to, tz }: Range): void {
  useAnswer('/v2/annotations', { from, to, tz });
}

/**
 * Those of the whole account, and those of the campaigns that the chart is of, by its filter; nothing until they are known.
 */
export function useAnnotated({ from, to, tz }: Range, of_campaigns = ''): Annotated {
  const { value, loading } = useAnswer('/v2/annotations', { from, to, tz });
  // Those of another range would stand at its last period.
  const all = loading ? undefined : value?.annotations;
  const { not, values } = wantedBy(of_campaigns);
  const campaigns = not ? '' : values.join();
  const notes = useMemo(() => {
    const shown = new Set<string | null>([null, ...campaigns.split(',')]);
    const found = (all ?? []).filter(({ campaign_id }) => shown.has(campaign_id));
    return found.length === 0 ? NONE : found.map(({ at, text }) => ({ at_ms: Date.parse(at), text }));
  }, [all, campaigns]);
  const one = values.length === 1 ? campaigns : '';
  return { notes, href: addressOf('/annotations', { campaign_id: one }) };
}
