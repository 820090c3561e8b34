/** `page` and `per_page` of every list. */
import { z } from 'zod';
import { ApiError } from './errors.ts';

const PER_PAGE_MAX = 1_000;
const PER_PAGE_DEFAULT = 50;
const PAGE_MAX = 1_000_000;

export const pageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(PAGE_MAX).default(1),
  per_page: z.coerce.number().int().min(1).max(PER_PAGE_MAX).default(PER_PAGE_DEFAULT),
});

/** The same for lists that are also files: see pageOf. */
export const pageOrFileQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(PAGE_MAX).optional().describe('Default: 1. Not for a file'),
  per_page: z.coerce
    .number()
    .int()
    .min(1)
    .max(PER_PAGE_MAX)
    .optional()
    .describe(`Default: ${PER_PAGE_DEFAULT}. Not for a file`),
});

/** The page that is asked for. A file has all rows: throws ApiError `invalid_request` for a page of it. */
export function pageOf({
  format,
  page,
  per_page,
}: z.output<typeof pageOrFileQuery> & { format: string }): z.output<typeof pageQuery> {
  if (format !== 'json' && (page !== undefined || per_page !== undefined)) {
    throw new ApiError('invalid_request', 'A file has all rows: leave page and per_page out.');
  }
  return { page: page ?? 1, per_page: per_page ?? PER_PAGE_DEFAULT };
}
