/**
 * How the request was answered: showing a preview page does not yet prove a person; pressing Continue does. Continue
 * is logged as a separate click.
 */
import type { Evidence, Reason } from '../evidence.ts';

export function answeredReasons({ answered }: Pick<Evidence, 'answered'>): Reason[] {
  if (answered === 'preview') return ['preview:not_continued'];
  return answered === 'blocked' ? ['country:blocked'] : [];
}
