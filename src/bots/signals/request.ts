/**
 * How the request was made: HEAD probes, declared prefetches, and headers that contradict the browser that the user
 * agent claims. Missing headers are at most a faint sign: a proxy in front may drop them, and browsers omit most of
 * them over plain http.
 *
 * Sources: the Fetch Metadata and User-Agent Client Hints specifications; Safari, and so every browser on iOS, sends
 * no client hints.
 */
import type { Evidence, Reason } from '../evidence.ts';

export function methodReasons({ method }: Pick<Evidence, 'method'>): Reason[] {
  return method === 'HEAD' ? ['method:head'] : [];
}

const NONE: Reason[] = [];
const PURPOSE_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
const AHEAD = /prefetch|prerender|preview/i;

export function prefetchReasons({ headers }: Pick<Evidence, 'headers'>): Reason[] {
  let reasons: Reason[] = NONE;
  for (const name of PURPOSE_HEADERS) {
    const value = headers[name];
    if (value !== undefined && AHEAD.test(value)) reasons = [...reasons, `prefetch:${name}`];
  }
  return reasons;
}

/** People open a page by navigation; loading it in a frame of another page also counts. */
const PAGE_MODES = ['navigate', 'nested-navigate'];
const PAGE_DESTINATIONS = ['document', 'iframe', 'frame'];

export function headerReasons({ headers, user_agent }: Pick<Evidence, 'headers' | 'user_agent'>): Reason[] {
  const reasons: Reason[] = [];
  const brands = headers['sec-ch-ua'] ?? '';
  if (/headless/i.test(brands)) reasons.push('headers:headless');
  if (contradictsHints(headers, user_agent)) reasons.push('headers:client_hints');
  const mode = headers['sec-fetch-mode'];
  const destination = headers['sec-fetch-dest'];
  if (
    (mode !== undefined && !PAGE_MODES.includes(mode)) ||
    (destination !== undefined && !PAGE_DESTINATIONS.includes(destination))
  ) {
    reasons.push('headers:no_navigation');
  }
  if (headers['accept-language'] === undefined) reasons.push('headers:no_language');
  else if (!/text\/html|application\/xhtml/.test(headers['accept'] ?? '')) reasons.push('headers:no_page');
  return reasons;
}

function contradictsHints(headers: Record<string, string>, user_agent: string): boolean {
  const brands = headers['sec-ch-ua'];
  const platform = headers['sec-ch-ua-platform']?.replaceAll('"', '');
  const mobile = headers['sec-ch-ua-mobile'];
  if (brands === undefined && platform === undefined && mobile === undefined) return false;
  // In the place of the platform: an Android may be called iPhone.
  if (/\((?:iPhone|iPad|iPod)/.test(user_agent)) return true;
  if (/Android/.test(user_agent)) {
    const says_phone = /\bMobile\b/.test(user_agent);
    return (platform !== undefined && platform !== 'Android') || (says_phone && mobile === '?0');
  }
  return /Windows NT|Macintosh/.test(user_agent) && (platform === 'Linux' || mobile === '?1');
}
