/**
 * The URL holds the state: the page, its filters and its sorting. Everyone who opens the same URL sees the same view.
 */
import { useEffect, useState } from 'preact/hooks';

export interface Place {
  path: string;
  query: Record<string, string>;
}

const read = (): Place => ({
  path: location.pathname,
  query: Object.fromEntries(new URLSearchParams(location.search)),
});
const listeners = new Set<() => void>();

/** The current location; components update whenever it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const listener = (): void => setPlace(read());
    listeners.add(listener);
    window.addEventListener('popstate', listener);
    return () => {
      listeners.delete(listener);
      window.removeEventListener('popstate', listener);
    };
  }, []);
  return place;
}

/** Goes to a URL of this page; with `replace` it adds no step to the history. */
export function go(address: string, replace = false): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  for (const listener of listeners) listener();
}

/** The same page with other filters; '' removes a filter. A new filter starts again on the first page. */
export function withQuery(place: Place, changes: Record<string, string>): string {
  const query = { ...place.query, ...('page' in changes ? {} : { page: '' }), ...changes };
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const text = new URLSearchParams(given).toString();
  return text === '' ? place.path : `${place.path}?${text}`;
}

/** Links within the page change the URL instead of reloading the page. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
    if (/^\/(docs|guides|schema|openapi|assets|session|v2)/.test(link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
    window.scrollTo(0, 0);
  });
}
