/** Live events of the API: today's counters, clicks and conversions. Reconnects by itself. */
import { useEffect, useState } from 'react';
import type { paths } from '../../client/openapi.ts';

/** Number of rows that are kept. */
const KEPT_MAX = 200;

/** The data of the events, by name. */
type Events = paths['/v2/live']['get']['responses'][200]['content']['text/event-stream'];
export type LiveClick = Events['clicks'][number];
export type LiveConversion = Events['conversions'][number];

export interface Live {
  counters: Events['counters'] | undefined;
  /** Newest first. */
  clicks: LiveClick[];
  conversions: LiveConversion[];
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
    const listen = <Name extends keyof Events>(
      name: Name,
      change: (before: Live, data: Events[Name]) => Partial<Live>,
    ): void =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        const data = JSON.parse(event.data) as Events[Name];
        setLive((before) => ({ ...before, ...change(before, data) }));
      });
    source.addEventListener('open', () => setLive((before) => ({ ...before, connected: true })));
    source.addEventListener('error', () => setLive((before) => ({ ...before, connected: false })));
    listen('counters', (_before, counters) => ({ counters }));
    listen('clicks', ({ clicks }, fresh) => ({ clicks: [...fresh, ...clicks].slice(0, KEPT_MAX) }));
    listen('conversions', ({ conversions }, fresh) => ({
      conversions: [...fresh, ...conversions].slice(0, KEPT_MAX),
    }));
    return () => source.close();
  }, []);
  return live;
}
