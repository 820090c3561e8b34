/** Validates what accounts send about their tracking domains. Every message says what to do. */
import { z } from 'zod';
import { fallbackUrl } from '../catalog/schemas.ts';
import { domainName } from './domain-name.ts';

const ROBOTS_LENGTH_MAX = 4_096;
/** Apple reads at most 128 kB; every process holds it in memory. */
const APP_FILE_LENGTH_MAX = 32_768;

const small = (value: unknown): boolean => JSON.stringify(value).length <= APP_FILE_LENGTH_MAX;
const SMALL = `must be at most ${APP_FILE_LENGTH_MAX} characters long as JSON`;

const settings = {
  root_url: fallbackUrl.describe('Where `/` of the domain leads; empty: a page'),
  not_found_url: fallbackUrl.describe(
    'Where unknown links lead; empty: the account’s fallback_url, else a page',
  ),
  expired_url: fallbackUrl.describe(
    'Where expired and disabled links lead after the offer’s own fallback_url; empty: the account’s fallback_url, else a page',
  ),
  robots: z
    .string()
    .max(ROBOTS_LENGTH_MAX)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it refuses them.
    .refine((text) => !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text.replaceAll('\r\n', '\n')), {
      error: 'must not contain control characters other than line breaks and tabs',
    })
    .describe('The text of /robots.txt; empty: nothing may be crawled'),
  app_files: z
    .strictObject({
      'apple-app-site-association': z.record(z.string(), z.unknown()).refine(small, SMALL).optional(),
      'assetlinks.json': z.array(z.unknown()).refine(small, SMALL).optional(),
    })
    .describe('Files of /.well-known, for apps that open links of the domain'),
};

export const domainInput = z
  .strictObject({
    domain: domainName,
    primary: z
      .boolean()
      .optional()
      .describe('New links are made on it; an account’s first domain is primary'),
    root_url: settings.root_url.default(''),
    not_found_url: settings.not_found_url.default(''),
    expired_url: settings.expired_url.default(''),
    robots: settings.robots.default(''),
    app_files: settings.app_files.default({}),
  })
  .meta({ examples: [{ domain: 'go.shoes.example', root_url: 'https://shoes.example/' }] });

export const domainChange = z
  .strictObject({ primary: z.literal(true), ...settings })
  .partial()
  .meta({ examples: [{ primary: true }, { not_found_url: 'https://shoes.example/lost' }] });

const record = z.object({
  type: z.enum(['TXT', 'CNAME', 'A', 'AAAA']),
  name: z.string(),
  value: z.string().describe('What it has to be'),
  found: z.array(z.string()).describe('What the resolvers answered; empty: there is no such record'),
  ok: z.boolean(),
});

const rate = z.object({
  sent: z.int(),
  clicks_unique: z.int(),
  click_rate: z.number().describe('clicks_unique / sent; 0 when nothing was sent'),
});

/** How a domain does, beside what its checks have found. */
export const healthAnswer = z
  .object({
    own: rate.describe('Messages with links on this domain'),
    others: rate.describe('Messages with links on the account’s other domains'),
  })
  .nullable()
  .describe(
    'The week before yesterday: a domain that carriers filter has a lower click rate than the others. null: reports can not be read now',
  );

/** A domain in answers. */
export const domainAnswer = z
  .object({
    domain: z.string().describe('As DNS has it'),
    name: z.string().describe('As people read it'),
    status: z
      .enum(['pending_dns', 'verified', 'active', 'failing', 'retired'])
      .describe(
        'pending_dns: `records` are missing. verified: its certificate is on the way. active: in use. failing: DNS no longer points here, or its certificate has ended. retired: given up; links on it still open',
      ),
    primary: z.boolean(),
    records: z.array(record),
    certificate: z
      .object({ issuer: z.string(), not_before: z.iso.datetime(), not_after: z.iso.datetime() })
      .nullable(),
    hint: z.string().describe('What to do; empty when there is nothing to do'),
    root_url: z.string(),
    not_found_url: z.string(),
    expired_url: z.string(),
    robots: z.string(),
    app_files: z.record(z.string(), z.unknown()),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    checked_at: z.iso.datetime().nullable(),
    taken_down: z
      .object({ reason: z.string(), at: z.iso.datetime() })
      .optional()
      .describe(
        'Why and since when the operator has taken it down: no link opens on it, and none is made on it. Absent otherwise',
      ),
  })
  .meta({ id: 'Domain' });
