/** `page` and `per_page` of every list. */
import { z } from 'zod';

const PER_PAGE_MAX = 1_000;
const PAGE_MAX = 1_000_000;

export const pageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(PAGE_MAX).default(1),
  per_page: z.coerce.number().int().min(1).max(PER_PAGE_MAX).default(50),
});
