/**
 * What stands below the first screen of a page. It is asked for once all above it is answered, or before when somebody
 * scrolls or prints: what is looked at first does not wait for what is looked at later, or never.
 */
import { type ReactNode, useEffect, useState } from 'react';
import { queries } from '../use-answer.ts';
import { Loading } from './states.tsx';

/** It comes in any case after so long. */
const WAITS_MS_MAX = 2_000;

export function Below({ children }: { children: ReactNode }): ReactNode {
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    if (wanted) return;
    const want = (): void => setWanted(true);
    const look = (): void => {
      if (queries.isFetching() === 0) want();
    };
    // What is above has begun to ask by now.
    look();
    const timer = setTimeout(want, WAITS_MS_MAX);
    const unsubscribe = queries.getQueryCache().subscribe(look);
    addEventListener('scroll', want, { passive: true });
    addEventListener('beforeprint', want);
    return () => {
      clearTimeout(timer);
      unsubscribe();
      removeEventListener('scroll', want);
      removeEventListener('beforeprint', want);
    };
  }, [wanted]);
  return wanted ? children : <Loading />;
}
