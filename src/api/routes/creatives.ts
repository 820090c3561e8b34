/** Creatives: the text of a message, with an offer for each of its links. */
import { getEntities } from '../../catalog/catalog-store.ts';
import { creativeError } from '../../catalog/check-texts.ts';
import { creativeChange, creativeInput } from '../../catalog/schemas.ts';
import { checkDomainOf } from '../http/check-domains.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { entityRoutes } from './entity-routes.ts';

export function creativeRoutes(app: Api, context: ApiContext): void {
  entityRoutes(app, context, {
    kind: 'creative',
    prefix: 'cre',
    input: creativeInput,
    change: creativeChange as never,
    async check(account, { body, offer_links, domain }) {
      const problem = creativeError(body, offer_links);
      if (problem !== undefined) throw new ApiError('invalid_request', problem);
      await checkDomainOf(context, account.account_id, domain);
      const ids = offer_links.map((link) => link.offer_id);
      const offers = await getEntities(context.redis, 'offer', account.account_id, ids);
      const missing = ids.find((_, i) => offers[i] === undefined);
      if (missing !== undefined) {
        throw new ApiError('invalid_request', `offer_links: there is no offer ${missing} in this account`);
      }
    },
  });
}
