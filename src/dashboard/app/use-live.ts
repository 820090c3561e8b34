/**
 * Live events of the API: exact counts, and clicks and conversions of one filter. Reconnects by itself. What is kept is
 * bounded, and the page is told once for each turn of events, however many came. While it is paused the rows wait, bounded
 * as well; counts go on.
 */
import { useEffect, useRef, useState } from 'react';
import type { paths } from '../../client/openapi.ts';
import { addressOf } from './api.ts';

/** Number of rows that are kept, and of those that wait while the page is paused. */
const KEPT_MAX = 100;
/** A stream that was refused is opened anew after a wait, which doubles up to the longest. */
const REOPEN_MS_MIN = 2_000;
const REOPEN_MS_MAX = 60_000;
const MINUTES_KEPT = 30;
const MINUTE_MS = 60_000;

/** The data of the events, by name. */
type Events = paths['/v2/live']['get']['responses'][200]['content']['text/event-stream'];
export type LiveClick = Events['clicks'][number];
export type LiveConversion = Events['conversions'][number];
export type LiveMinute = Events['activity']['minutes'][number];

export interface Live {
  counters: Events['counters'] | undefined;
  activity: Events['activity'] | undefined;
  /** Of the last half hour, oldest first, those without clicks as well. */
  minutes: LiveMinute[];
  /** Newest first. */
  clicks: LiveClick[];
  conversions: LiveConversion[];
  /** Rows that came in since the page was paused. */
  held: number;
  connected: boolean;
  /** When the first of it was told, by the clock of the API: what was before is in the lists. */
  since: string | undefined;
}

const NOTHING: Live = {
  ...{ counters: undefined, activity: undefined, minutes: [], clicks: [], conversions: [] },
  ...{ held: 0, connected: false, since: undefined },
};

type Rows = Pick<Live, 'clicks' | 'conversions'>;
const NO_FILTERS = {};
const NO_ROWS: Rows = { clicks: [], conversions: [] };

/** `filters` by the names of the API; the rows and counts of others are not sent. */
export function useLive(filters: Record<string, string> = NO_FILTERS, paused = false): Live {
  const address = addressOf('/v2/live', filters);
  const [live, setLive] = useState<Live>(NOTHING);
  const waiting = useRef<Rows>(NO_ROWS);
  const is_paused = useRef(paused);
  is_paused.current = paused;

  useEffect(() => {
    setLive(NOTHING);
    waiting.current = NO_ROWS;
    const listen = <Name extends keyof Events>(
      name: Name,
      source: EventSource,
      change: (before: Live, data: Events[Name]) => Partial<Live>,
    ): void =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        const data = JSON.parse(event.data) as Events[Name];
        setLive((before) => ({ ...before, ...change(before, data) }));
      });
    const take = (before: Live, fresh: Partial<Rows>): Partial<Live> => {
      const rows = is_paused.current ? waiting.current : before;
      const after = {
        clicks: [...(fresh.clicks ?? []), ...rows.clicks].slice(0, KEPT_MAX),
        conversions: [...(fresh.conversions ?? []), ...rows.conversions].slice(0, KEPT_MAX),
      };
      if (!is_paused.current) return after;
      waiting.current = after;
      return { held: after.clicks.length + after.conversions.length };
    };
    return keepOpen(address, {
      connected: (connected) => setLive((before) => ({ ...before, connected })),
      opened: (source) => {
        listen('counters', source, (_before, counters) => ({ counters }));
        listen('activity', source, (before, activity) => ({
          activity,
          since: before.since ?? activity.at,
          minutes: lastMinutes([...before.minutes, ...activity.minutes], Date.now()),
        }));
        listen('clicks', source, (before, clicks) => take(before, { clicks }));
        listen('conversions', source, (before, conversions) => take(before, { conversions }));
      },
    });
  }, [address]);

  useEffect(() => {
    if (paused) return;
    const { clicks, conversions } = waiting.current;
    waiting.current = NO_ROWS;
    setLive((before) => ({
      ...before,
      clicks: [...clicks, ...before.clicks].slice(0, KEPT_MAX),
      conversions: [...conversions, ...before.conversions].slice(0, KEPT_MAX),
      held: 0,
    }));
  }, [paused]);
  return live;
}

/** How long to wait before a stream is opened that was refused so many times in a row. */
export const reopenAfterMs = (refused: number): number =>
  Math.min(REOPEN_MS_MIN * 2 ** (refused - 1), REOPEN_MS_MAX);

interface Kept {
  opened: (source: EventSource) => void;
  connected: (is: boolean) => void;
}

/**
 * A browser opens a stream anew that broke off, but gives up one that was refused, as during a restart or beyond a limit.
 * The function that it answers ends both.
 */
function keepOpen(address: string, { opened, connected }: Kept): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refused = 0;
  const open = (): void => {
    source = new EventSource(address);
    source.addEventListener('open', () => {
      refused = 0;
      connected(true);
    });
    source.addEventListener('error', () => {
      connected(false);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, reopenAfterMs(++refused));
    });
    opened(source);
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** Of each minute what was told last. */
export function lastMinutes(told: readonly LiveMinute[], now_ms: number): LiveMinute[] {
  const known = new Map(told.map((one) => [Date.parse(one.minute), one]));
  const last = Math.floor(now_ms / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: MINUTES_KEPT }, (_, i) => {
    const at = last - (MINUTES_KEPT - 1 - i) * MINUTE_MS;
    return known.get(at) ?? { minute: new Date(at).toISOString(), human: 0, bot: 0 };
  });
}
