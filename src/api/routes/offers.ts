/** Offers: what a link sells, and the postbacks that report what it sold. */
import { z } from 'zod';
import { readCaps } from '../../caps/cap-store.ts';
import { getEntities, updateAccount, updateEntity } from '../../catalog/catalog-store.ts';
import type { Account, Offer } from '../../catalog/definitions.ts';
import { parseTemplate, withPlainBraces } from '../../catalog/placeholders.ts';
import { offerChange, offerInput } from '../../catalog/schemas.ts';
import type { Warning } from '../../catalog/warnings.ts';
import { postbacks } from '../../conversions/postbacks.ts';
import {
  conversionSecret,
  postbackSecret,
  rotatedSecret,
} from '../../conversions/receive/postback-secrets.ts';
import { couponWaitingKey, wakeWaiting } from '../../conversions/waiting.ts';
import { shortUrl } from '../../messages/short-url.ts';
import { newConversionSecret, offerCapStates, offerPostbacks } from '../http/answers.ts';
import { checkWhereItLeads } from '../http/check-offer-rules.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { entityRoutes } from './entity-routes.ts';

const GRACE_HOURS_DEFAULT = 24;
const GRACE_HOURS_MAX = 90 * 24;

const rotation = z
  .strictObject({
    grace_hours: z
      .number()
      .min(0)
      .max(GRACE_HOURS_MAX)
      .default(GRACE_HOURS_DEFAULT)
      .describe('How long the secret before is still accepted; 0: it ends now'),
  })
  .nullish()
  .meta({ examples: [{ grace_hours: 72 }] });

/** Where an account's postbacks go to: `https://trk.example`. */
export const publicBase = (account: Account, default_domain: string): string =>
  shortUrl(account.link_domain || default_domain, '').replace(/\/$/, '');

/** A postback names the click that it is about. */
function clickIdWarning(url: string, field: string): Warning | undefined {
  const { placeholders } = parseTemplate(withPlainBraces(url));
  if (placeholders.some(({ name }) => name === 'click_id' || name === 'link_id')) return undefined;
  return {
    code: 'no_click_id',
    field,
    message: `${field} does not pass on {{click_id}}, so that no postback can name the click: add a parameter such as ?click={{click_id}}`,
  };
}

export function offerRoutes(app: Api, context: ApiContext): void {
  const { redis, keys } = context;
  const tags = ['offers'];
  const params = z.object({ id: z.string() });
  const missing = (): ApiError => new ApiError('not_found', 'there is no such offer in this account');

  entityRoutes(app, context, {
    kind: 'offer',
    prefix: 'off',
    input: offerInput,
    change: offerChange as never,
    check: (_account, offer) => checkWhereItLeads(context, offer),
    warnings: async ({ destination_url, rules = [] }) => [
      clickIdWarning(destination_url, 'destination_url'),
      ...rules.flatMap(({ to }, i) =>
        to.map(({ url }, n) =>
          url === undefined ? undefined : clickIdWarning(url, `rules.${i}.to.${n}.url`),
        ),
      ),
    ],
    // The coupons may have been used before they were entered here.
    stored: ({ account_id, coupon_codes }) =>
      wakeWaiting(
        redis,
        coupon_codes.map((code) => couponWaitingKey(account_id, code)),
        true,
      ),
  });

  const postbacksOf = (account: Account, offer: Offer): z.output<typeof offerPostbacks> => {
    const base = publicBase(account, context.default_domain);
    const conversion_secret = conversionSecret(keys, account);
    const postback_secret = postbackSecret(keys, offer);
    return {
      offer_id: offer.offer_id,
      postback_secret,
      conversion_secret,
      previous_secret_ends_at: offer.previous_secret_ends_at ?? null,
      postbacks: postbacks(base, offer.offer_id, postback_secret),
      pixel: `<img src="${base}/pixel/{{link_id}}.gif?click_id={{click_id}}&amp;event=sale&amp;revenue=&amp;txn_id=" width="1" height="1" alt="">`,
      coupon: `${base}/conv/coupon?secret=${conversion_secret}&code={code}&contact_id={contact_id}&revenue={amount}&txn_id={transaction_id}`,
    };
  };

  app.get(
    '/v2/offers/:id/caps',
    {
      config: { scope: 'read', documented_answers: { 200: offerCapStates } },
      schema: { tags, summary: 'Read how full the caps of an offer are now', params },
    },
    async (request) => {
      const { account } = request;
      const [offer] = await getEntities(redis, 'offer', account.account_id, [request.params.id]);
      if (offer === undefined) throw missing();
      return { offer_id: offer.offer_id, caps: await readCaps(redis, offer, Date.now()) };
    },
  );

  app.get(
    '/v2/offers/:id/postbacks',
    {
      config: { scope: 'conversions', documented_answers: { 200: offerPostbacks } },
      schema: {
        tags,
        summary: 'Read the postback URLs to paste into networks that report conversions',
        params,
      },
    },
    async (request) => {
      const { account } = request;
      const [offer] = await getEntities(redis, 'offer', account.account_id, [request.params.id]);
      if (offer === undefined) throw missing();
      return postbacksOf(account, offer);
    },
  );

  app.post(
    '/v2/offers/:id/postback_secret/rotate',
    {
      config: {
        scope: 'conversions',
        documented_answers: { 200: offerPostbacks },
        audit: 'offer.postback_secret_rotated',
      },
      schema: {
        tags,
        summary: 'Replace the postback secret; the one before it is accepted for grace_hours',
        params,
        body: rotation,
      },
    },
    async (request) => {
      const { account, body } = request;
      const offer = await updateEntity(redis, 'offer', account.account_id, request.params.id, (before) => ({
        ...before,
        ...rotatedSecret(before, body?.grace_hours ?? GRACE_HOURS_DEFAULT, Date.now()),
      }));
      if (offer === undefined) throw missing();
      request.audited = rotated(offer);
      return postbacksOf(account, offer);
    },
  );

  app.post(
    '/v2/account/conversion_secret/rotate',
    {
      config: {
        scope: 'conversions',
        documented_answers: { 200: newConversionSecret },
        audit: 'account.conversion_secret_rotated',
      },
      schema: {
        tags: ['accounts'],
        summary: 'Replace the conversion secret; the one before it is accepted for grace_hours',
        body: rotation,
      },
    },
    async (request) => {
      const { body } = request;
      const { account_id } = request.account;
      const account = await updateAccount(redis, account_id, (before) =>
        rotatedSecret(before, body?.grace_hours ?? GRACE_HOURS_DEFAULT, Date.now()),
      );
      if (account === undefined) throw missing();
      request.audited = { subject_id: account_id, ...rotated(account) };
      return {
        account_id,
        conversion_secret: conversionSecret(keys, account),
        previous_secret_ends_at: account.previous_secret_ends_at ?? '',
      };
    },
  );
}

/** A secret was replaced: its number says so, and neither secret is told. */
const rotated = ({ secret_generation = 1 }: { secret_generation?: number }) => ({
  before: { secret_generation: secret_generation - 1 },
  after: { secret_generation },
});
