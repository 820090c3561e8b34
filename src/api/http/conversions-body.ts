/** The body of `POST /v2/conversions`; conversions/receive/conversion-input.ts checks each of them. */
import { z } from 'zod';

export const CONVERSIONS_MAX = 10_000;

const list = z.array(z.unknown()).min(1).max(CONVERSIONS_MAX);
/** A bare list is accepted too. */
export const conversionsList = z.union([
  z.strictObject({ conversions: list }),
  list.transform((conversions) => ({ conversions })),
]);

/** For the OpenAPI document. */
export const conversionsBody = z.toJSONSchema(
  z
    .object({
      conversions: z
        .array(
          z.object({
            click_id: z.string().optional(),
            link_id: z.string().optional(),
            offer_id: z.string().optional().describe('With message_id, or for a refund with its txn_id'),
            message_id: z.string().optional(),
            code: z.string().optional().describe('Coupon code'),
            contact_id: z.string().optional().describe('Who used the coupon'),
            event: z
              .enum(['sale', 'rebill', 'lead', 'install', 'signup', 'refund', 'chargeback', 'void'])
              .default('sale'),
            revenue: z
              .string()
              .optional()
              .describe('Decimal string. A refund without it takes back all that is left'),
            currency: z.string().optional().describe("Default: the offer's"),
            txn_id: z.string().optional(),
            refund_id: z
              .string()
              .optional()
              .describe('Id of a refund or chargeback: refunds of one transaction with different ids add up'),
            network: z
              .string()
              .optional()
              .describe('Short name of the advertising network, such as everflow'),
            ts: z.string().optional().describe('Unix seconds or ISO 8601. Default: now'),
          }),
        )
        .max(CONVERSIONS_MAX),
    })
    .meta({
      examples: [
        {
          conversions: [
            {
              click_id: '0VbtKXUu1hdx94eRQF4LZbx67BaQk',
              revenue: '49.90',
              currency: 'USD',
              txn_id: 'order-1',
            },
          ],
        },
      ],
    }),
);
