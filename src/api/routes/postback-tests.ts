/**
 * The test button of a network's postback: fills its template with sample values, sends it to the installation's own
 * public address as the network would, and says of each step what came of it. Nothing is booked.
 */
import { z } from 'zod';
import { getEntities } from '../../catalog/catalog-store.ts';
import { maskForm } from '../../conversions/inspector/mask.ts';
import { samplePostback } from '../../conversions/inspector/sample-postback.ts';
import { sendTest } from '../../conversions/inspector/send-test.ts';
import { testSteps } from '../../conversions/inspector/test-steps.ts';
import { postbacks } from '../../conversions/postbacks.ts';
import { postbackSecret } from '../../conversions/receive/postback-secrets.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { publicBase } from './offers.ts';

const tested = z.object({
  network: z.string(),
  url: z.string().describe('What was sent; secrets are …'),
  values: z.record(z.string(), z.string()).describe('What was filled in for the network’s macros'),
  passed: z.boolean(),
  steps: z.array(
    z.object({
      step: z.enum(['address', 'secret', 'signature', 'caller', 'values', 'click', 'booking']),
      result: z.enum(['passed', 'failed', 'not_checked']),
      explanation: z.string(),
    }),
  ),
});

export function postbackTestRoutes(app: Api, context: ApiContext): void {
  const { redis, keys } = context;
  app.post(
    '/v2/offers/:id/postbacks/:network/test',
    {
      config: {
        scope: 'conversions',
        limit: 'report',
        unaudited: 'a test books nothing',
        documented_answers: { 200: tested },
      },
      schema: {
        tags: ['offers'],
        summary: 'Send a sample of a network’s postback to this installation',
        description:
          'A real request to the public address, with sample values: every check is made, nothing is booked. It appears among the reports of the offer as a test.',
        params: z.object({ id: z.string().max(60), network: z.string().max(40) }),
      },
    },
    async (request) => {
      const { account } = request;
      const { id, network } = request.params;
      const [offer] = await getEntities(redis, 'offer', account.account_id, [id]);
      if (offer === undefined) throw new ApiError('not_found', 'there is no such offer in this account');
      const base = publicBase(account, context.default_domain);
      const secret = postbackSecret(keys, offer);
      const postback = postbacks(base, offer.offer_id, secret).find((one) => one.network === network);
      if (postback === undefined) {
        throw new ApiError('not_found', 'there is no such network: GET /v2/offers/:id/postbacks lists them');
      }
      const signed = account.conversion_signature_required || offer.postback_signature_required === true;
      const { url, values } = samplePostback(keys, offer, postback.url, { signed, now_ms: Date.now() });
      const steps = testSteps(await sendTest(url), new URL(url).host, account, offer);
      const [address = '', query = ''] = url.split('?');
      return {
        ...{ network, values, steps },
        url: `${address}?${maskForm(query, [secret])}`,
        passed: steps.every(({ result }) => result !== 'failed'),
      };
    },
  );
}
