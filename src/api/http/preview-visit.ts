/**
 * The visit that a preview of a link is asked for, and the offers that a rule may lead it to: what a tap tells of
 * itself, the body of the request says here. With Redis down it rejects.
 */
import { z } from 'zod';
import { DEVICES } from '../../bots/agents/device-kind.ts';
import { getEntities } from '../../catalog/catalog-store.ts';
import type { Offer } from '../../catalog/definitions.ts';
import { FALLBACK_CHAIN_MAX } from '../../catalog/offer-rules.ts';
import { QUERY_LENGTH_MAX } from '../../clicks/click.ts';
import type { Link } from '../../links/link.ts';
import { compileRouting, contactSubject, type Visit } from '../../links/offer-routing.ts';
import { wantedLanguage } from '../../platform/accept-language.ts';
import { cutQuery, queryValues } from '../../platform/query-string.ts';
import type { RedisClient } from '../../platform/redis.ts';

export const visitFields = {
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'write two capital letters such as DE')
    .describe('For the rules of the offer: the visitor’s country'),
  device: z.enum(DEVICES).describe('For the rules of the offer'),
  language: z.string().max(100).describe('For the rules of the offer: as Accept-Language, such as de-AT'),
  at: z.iso
    .datetime({ offset: true })
    .describe('For the rules of the offer: when the tap is; now, if missing'),
};

type Said = z.output<z.ZodObject<typeof visitFields>> & { tap_query: string };
type SaidOfVisit = { [Name in keyof Said]?: Said[Name] | undefined };

/** What the body says of the visitor; a condition that asks for what is not said does not hold. */
export function visitOf(
  { account_id, contact_id }: Pick<Link, 'account_id' | 'contact_id'>,
  body: SaidOfVisit,
): Visit {
  return {
    at_ms: body.at === undefined ? Date.now() : Date.parse(body.at),
    country: () => body.country ?? '',
    device: () => body.device ?? 'other',
    language: () => wantedLanguage(body.language ?? ''),
    query: () => queryValues(cutQuery(body.tap_query ?? '', QUERY_LENGTH_MAX)),
    subject: () => contactSubject(account_id, contact_id),
  };
}

/** The offers that `offer` may lead to, with their fallbacks. */
export async function reachOf(redis: RedisClient, offer: Offer | undefined): Promise<Map<string, Offer>> {
  const reach = new Map<string, Offer>();
  let ids = offer === undefined ? [] : (compileRouting(offer)?.leads_to ?? []);
  for (let tried = 0; tried < FALLBACK_CHAIN_MAX && ids.length > 0; tried++) {
    const found = await getEntities(redis, 'offer', offer?.account_id ?? '', ids);
    for (const one of found) if (one !== undefined) reach.set(one.offer_id, one);
    ids = found.flatMap((one) => one?.fallback_offer_id || []).filter((id) => !reach.has(id));
  }
  return reach;
}
