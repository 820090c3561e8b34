/** How the request was made: HEAD probes, and fetches that say they are ahead of a person. */
import type { Click } from '../../src/clicks/click.ts';

export function methodReasons(click: Pick<Click, 'method'>): string[] {
  return click.method === 'HEAD' ? ['method:head'] : [];
}

const PURPOSE_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
const AHEAD = /prefetch|prerender|preview/i;

export function prefetchReasons(click: Pick<Click, 'headers'>): string[] {
  return PURPOSE_HEADERS.filter((name) => AHEAD.test(click.headers[name] ?? '')).map(
    (name) => `prefetch:${name}`,
  );
}
