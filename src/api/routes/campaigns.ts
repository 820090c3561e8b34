/** Campaigns: messages sent for one purpose, with the arms of their A/B test. */
import { getEntities } from '../../catalog/catalog-store.ts';
import { campaignChange, campaignInput } from '../../catalog/schemas.ts';
import { statusWarning } from '../../catalog/warnings.ts';
import { checkDomainOf } from '../http/check-domains.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { fieldError } from '../http/errors.ts';
import { entityRoutes } from './entity-routes.ts';

export function campaignRoutes(app: Api, context: ApiContext): void {
  entityRoutes(app, context, {
    kind: 'campaign',
    prefix: 'cam',
    input: campaignInput,
    change: campaignChange as never,
    async warnings({ account_id, variants }) {
      const ids = variants.map((variant) => variant.creative_id);
      const creatives = await getEntities(context.redis, 'creative', account_id, ids);
      return creatives.map((creative, i) =>
        statusWarning(`creative ${ids[i]}`, creative?.status, 'variants'),
      );
    },
    async check(account, { variants, domain }) {
      await checkDomainOf(context, account.account_id, domain);
      const ids = variants.map((variant) => variant.creative_id);
      const creatives = await getEntities(context.redis, 'creative', account.account_id, ids);
      const missing = ids.find((_, i) => creatives[i] === undefined);
      if (missing !== undefined) {
        throw fieldError('variants', `there is no creative ${missing} in this account`);
      }
    },
  });
}
