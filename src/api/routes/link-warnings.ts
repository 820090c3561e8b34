/** What is probably a mistake in a single link that can be made. With Redis down it rejects. */
import { getEntities } from '../../catalog/catalog-store.ts';
import type { Account, Offer } from '../../catalog/definitions.ts';
import { fieldsOfDestination, missingFieldWarning, type Warning } from '../../catalog/warnings.ts';
import type { NewLink } from '../../links/link.ts';
import type { RedisClient } from '../../platform/redis.ts';

/** Fields that the offer's destination needs and the link does not have. Of an own address that is an error. */
export function offerFieldWarnings(
  account: Account,
  { query, fields, creative_id, campaign_id }: NewLink,
  offer: Offer | undefined,
): Warning[] {
  // A creative or a campaign may say fill as well.
  const filled =
    (query ?? offer?.query ?? account.query) === 'fill' || creative_id !== '' || campaign_id !== '';
  if (offer === undefined || filled) return [];
  return fieldsOfDestination(offer.destination_url)
    .filter((name) => !Object.hasOwn(fields, name) || fields[name] === '')
    .map((name) => missingFieldWarning(name, 'the destination of the offer'));
}

/** A link is counted under the ids that it names, whether the account has them or not. */
export async function unknownReferences(redis: RedisClient, link: NewLink): Promise<Warning[]> {
  const kinds = (['creative', 'campaign'] as const).filter((kind) => link[`${kind}_id`] !== '');
  const found = await Promise.all(
    kinds.map((kind) => getEntities(redis, kind, link.account_id, [link[`${kind}_id`]])),
  );
  return kinds
    .filter((_kind, i) => found[i]?.[0] === undefined)
    .map((kind) => ({
      code: 'unknown_reference',
      field: `${kind}_id`,
      message: `the account has no ${kind} ${link[`${kind}_id`]}: reports show the id as it was sent`,
    }));
}
