/**
 * The URL holds the state: the page, its filters and its sorting. Everyone who opens the same URL sees the same view.
 */
import { useEffect, useState } from 'react';

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
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return place;
}

/** Where the reader is, and whether they have gone anywhere since the page was loaded. */
const reader = { moved: false, at: '' };

export const hasMoved = (): boolean => reader.moved;

/** Whether the page may be left: asked of whoever would lose something. */
type Guard = () => boolean;
const guards = new Set<Guard>();

/** Asks before the page is left for another one of the console; the function that it answers ends that. */
export function guardLeaving(guard: Guard): () => void {
  guards.add(guard);
  return () => {
    guards.delete(guard);
  };
}

function mayGo(from: string, to: string): boolean {
  const leaves = new URL(from, location.href).pathname !== new URL(to, location.href).pathname;
  return !leaves || [...guards].every((guard) => guard());
}

function arrived(): void {
  reader.moved = true;
  reader.at = location.href;
  for (const listener of listeners) listener();
}

/** Goes to a URL of this page; with `replace` it adds no step to the history. */
export function go(address: string, replace = false): void {
  if (!mayGo(location.href, address)) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  arrived();
}

/** The browser has gone there already. */
function wentBack(): void {
  if (mayGo(reader.at, location.href)) arrived();
  else history.pushState(null, '', reader.at);
}

/** The same page with other filters; '' removes a filter. A new filter starts again on the first page. */
export function withQuery(place: Place, changes: Record<string, string>): string {
  const query = { ...place.query, ...('page' in changes ? {} : { page: '' }), ...changes };
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const text = new URLSearchParams(given).toString();
  return text === '' ? place.path : `${place.path}?${text}`;
}

/** The link under an event, if it leads to another view of this page. */
function linkOf(event: Event): HTMLAnchorElement | undefined {
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download'))
    return undefined;
  if (/^\/(docs|guides|schema|openapi|assets|session|v2)/.test(link.pathname)) return undefined;
  // To a place within the view: the browser goes there by itself.
  if (link.hash !== '' && link.pathname === location.pathname) return undefined;
  return link;
}

/**
 * Links within the page change the URL instead of reloading the page. `likely` gets the path of a link that the pointer
 * or the focus is on. Call it once.
 */
export function followLinks(likely: (path: string) => void): void {
  reader.at = location.href;
  window.addEventListener('popstate', wentBack);
  document.addEventListener('click', (event) => {
    const link = linkOf(event);
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
    if (location.href === link.href) window.scrollTo(0, 0);
  });
  for (const name of ['pointerover', 'focusin'])
    document.addEventListener(name, (event) => {
      const link = linkOf(event);
      if (link) likely(link.pathname);
    });
}
