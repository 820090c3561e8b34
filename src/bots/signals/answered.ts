/**
 * What became of the request: a preview page that nobody has left yet is no click of a person; whoever
 * pressed Continue is one. The page's own log entry of Continue is a click of its own.
 */
import type { Evidence, Reason } from '../evidence.ts';

export function answeredReasons({ answered }: Pick<Evidence, 'answered'>): Reason[] {
  if (answered === 'preview') return ['preview:not_continued'];
  return answered === 'blocked' ? ['country:blocked'] : [];
}
