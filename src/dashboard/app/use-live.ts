/** What the API tells as it happens: today's counters, clicks and conversions. Connects again by itself. */
import { useEffect, useState } from 'preact/hooks';
import type { Click, Conversion, Totals } from './types.ts';

/** Rows that are kept to be shown. */
const KEPT_MAX = 200;

export interface Live {
  counters: Totals | undefined;
  /** Newest first. */
  clicks: Click[];
  conversions: Conversion[];
  connected: boolean;
}

export function useLive(): Live {
  const [live, setLive] = useState<Live>({
    counters: undefined,
    clicks: [],
    conversions: [],
    connected: false,
  });
  useEffect(() => {
    const source = new EventSource('/v2/live');
    const read = <T>(event: Event): T => JSON.parse((event as MessageEvent<string>).data) as T;
    source.addEventListener('open', () => setLive((before) => ({ ...before, connected: true })));
    source.addEventListener('error', () => setLive((before) => ({ ...before, connected: false })));
    source.addEventListener('counters', (event) =>
      setLive((before) => ({ ...before, counters: read<Totals>(event) })),
    );
    source.addEventListener('clicks', (event) =>
      setLive((before) => ({
        ...before,
        clicks: [...read<Click[]>(event), ...before.clicks].slice(0, KEPT_MAX),
      })),
    );
    source.addEventListener('conversions', (event) =>
      setLive((before) => ({
        ...before,
        conversions: [...read<Conversion[]>(event), ...before.conversions].slice(0, KEPT_MAX),
      })),
    );
    return () => source.close();
  }, []);
  return live;
}
