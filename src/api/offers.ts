/** Offers: what a link sells. */
import { offerChange, offerInput } from '../catalog/schemas.ts';
import type { Api, ApiContext } from './context.ts';
import { entityRoutes } from './entity-routes.ts';

export function offerRoutes(app: Api, context: ApiContext): void {
  entityRoutes(app, context, {
    kind: 'offer',
    prefix: 'off',
    input: offerInput,
    change: offerChange as never,
    check: async () => {},
  });
}
