/**
 * Keys for what is done often: ranges by a letter, the range before and after by the arrows, and "?" for the list. Only
 * where nothing is typed in, and off for who turns them off (WCAG 2.1.4).
 */
import { type JSX, lazy, Suspense, useEffect, useState } from 'react';
import { day } from '../format.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { rangeOfKey } from '../range-keys.ts';
import { areOn } from '../shortcut-keys.ts';
import { rangeOf } from './range.tsx';

const Keys = lazy(async () => ({ default: (await import('./shortcut-list.tsx')).ShortcutList }));

/** Where a key is part of what somebody writes or chooses. */
const TAKES_KEYS = 'input, textarea, select, [contenteditable], [role="dialog"], [role="alertdialog"]';

/** The page shows figures of a range. */
const OF_A_RANGE = 'fieldset.range';

const isForOthers = (event: KeyboardEvent): boolean =>
  event.defaultPrevented ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  (event.target as Element).closest(TAKES_KEYS) !== null;

export function Shortcuts(): JSX.Element | null {
  const place = usePlace();
  const [listed, setListed] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!areOn() || isForOthers(event)) return;
      if (event.key === '?') {
        event.preventDefault();
        setListed(true);
        return;
      }
      if (document.querySelector(OF_A_RANGE) === null) return;
      const range = rangeOfKey(event.key, rangeOf(place), day());
      if (range === undefined) return;
      event.preventDefault();
      go(withQuery(place, range));
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [place]);
  if (!listed) return null;
  return (
    <Suspense fallback={null}>
      <Keys closed={() => setListed(false)} />
    </Suspense>
  );
}
