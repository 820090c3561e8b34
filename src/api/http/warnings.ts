/**
 * Warnings in answers, the same everywhere: what was accepted although it is probably a mistake stands beside the
 * result, and is an error (`warned`, 422) where the account or the request is strict. Pure.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { WARNINGS, type Warning, type WarningCode } from '../../catalog/warnings.ts';
import { ApiError } from './errors.ts';

/** Warnings that one answer lists in full; further ones are counted. Some 300 kB. */
export const WARNINGS_MAX = 1_000;

const list = z
  .array(
    z.object({
      code: z.enum(Object.keys(WARNINGS) as WarningCode[]),
      message: z.string().describe('What was done, and what to do'),
      field: z.string().optional().describe('What in the request it is about'),
    }),
  )
  .optional()
  .describe('What was accepted although it is probably a mistake; absent where nothing was');

/** What an answer has of warnings. */
export const warned = { warnings: list };
export const warnedOfMany = {
  ...warned,
  warnings_left_out: z
    .int()
    .optional()
    .describe(`How many there are besides, once the answer has ${WARNINGS_MAX.toLocaleString('en')}`),
};

/** The query of routes that warn. */
export const strictQuery = z.strictObject({
  strict: z
    .enum(['true', 'false'])
    .optional()
    .describe('Whether warnings are errors (422), whatever the account’s `strict` says'),
});

export function isStrict({ account, query }: Pick<FastifyRequest, 'account' | 'query'>): boolean {
  const { strict } = query as z.output<typeof strictQuery>;
  return strict === undefined ? account.strict : strict === 'true';
}

type Request = Pick<FastifyRequest, 'account' | 'query'>;

/** What an answer gets. Throws ApiError `warned` where the request is strict. */
export function warningsFor(
  request: Request,
  found: readonly (Warning | undefined)[],
): { warnings?: Warning[] } {
  const warnings = found.filter((one) => one !== undefined);
  const [first] = warnings;
  if (first === undefined) return {};
  if (isStrict(request)) throw new ApiError('warned', first.message, {}, { field: first.field, warnings });
  return { warnings };
}

interface OfOne {
  warnings?: readonly Warning[];
  warnings_left_out?: number;
}

/** The warnings of one call about many things: the first WARNINGS_MAX in full, then how many. */
export class WarningBudget {
  private left = WARNINGS_MAX;

  take(warnings: readonly Warning[] | undefined): OfOne | undefined {
    const count = warnings?.length ?? 0;
    if (warnings === undefined || count === 0) return undefined;
    if (count > this.left) return { warnings_left_out: count };
    this.left -= count;
    return { warnings };
  }
}
