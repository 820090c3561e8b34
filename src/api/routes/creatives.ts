/** Creatives: the text of a message, with an offer for each of its links. */
import { getEntities } from '../../catalog/catalog-store.ts';
import { creativeError } from '../../catalog/check-texts.ts';
import { creativeChange, creativeInput } from '../../catalog/schemas.ts';
import { statusWarning, type Warning } from '../../catalog/warnings.ts';
import { checkDomainOf } from '../http/check-domains.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { fieldError } from '../http/errors.ts';
import { entityRoutes } from './entity-routes.ts';

const NO_LINK: Warning = {
  code: 'no_link',
  field: 'body',
  message:
    'the body has no link, so that nothing of its messages is clicked: write {{link1}}, and bind it in offer_links',
};

export function creativeRoutes(app: Api, context: ApiContext): void {
  entityRoutes(app, context, {
    kind: 'creative',
    prefix: 'cre',
    input: creativeInput,
    change: creativeChange as never,
    async warnings({ account_id, offer_links }) {
      const ids = offer_links.map((link) => link.offer_id);
      const offers = await getEntities(context.redis, 'offer', account_id, ids);
      return [
        ...offers.map((offer, i) => statusWarning(`offer ${ids[i]}`, offer?.status, 'offer_links')),
        ids.length > 0 ? undefined : NO_LINK,
      ];
    },
    async check(account, { body, offer_links, domain }) {
      const wrong = creativeError(body, offer_links);
      if (wrong !== undefined) throw fieldError(wrong.field, wrong.problem);
      await checkDomainOf(context, account.account_id, domain);
      const ids = offer_links.map((link) => link.offer_id);
      const offers = await getEntities(context.redis, 'offer', account.account_id, ids);
      const missing = ids.find((_, i) => offers[i] === undefined);
      if (missing !== undefined) {
        throw fieldError('offer_links', `there is no offer ${missing} in this account`);
      }
    },
  });
}
