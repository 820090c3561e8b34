/**
 * What a kept report says when it is replayed: what was read, and what its offer has got another name for since. Only
 * from what is kept as it came: a value that was masked or cut is none. Pure.
 */
import { otherNamesOf, type PostbackNames } from '../../catalog/postback-names.ts';
import { ConversionError } from '../receive/conversion-error.ts';
import { type Parameters, parametersOfPairs } from '../receive/conversion-input.ts';
import { pairsIn } from './find-owner.ts';
import { MASK } from './mask.ts';
import type { StoredReport } from './stored-report.ts';

/** `read` counts first. */
export function readAgain(
  { query, body, read }: Pick<StoredReport, 'query' | 'body' | 'read'>,
  names: PostbackNames | undefined,
): Parameters {
  const others = otherNamesOf(names);
  if (others === undefined) return read;
  const pairs = [...new URLSearchParams(query), ...pairsIn(body)].filter(
    ([name, value]) => others.has(name.trim().toLowerCase()) && !value.includes(MASK),
  );
  try {
    return { ...parametersOfPairs(pairs, others), ...read };
  } catch (error) {
    // Two values of one parameter.
    if (error instanceof ConversionError) return read;
    throw error;
  }
}
