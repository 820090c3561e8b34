/**
 * Chooses the variant of a campaign for contacts: each contact keeps the first choice, whatever the shares become, for as
 * long as the campaign asks for it at least once in KEEP_S. The draw is a fingerprint of the contact, so it needs no random
 * source and is the same in every process. With Redis down it rejects; safe to repeat.
 *
 * Choices are fields of BUCKETS hashes of a campaign, because a small hash takes a third of the memory of keys of their
 * own: about 40 bytes a contact for up to two million contacts.
 */
import type { Campaign, Variant } from '../catalog/definitions.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { fingerprint } from '../privacy/contact-key.ts';

const KEEP_S = 90 * 24 * 3_600;
const BUCKETS = 16_384;
/** Of a fingerprint of 22 characters of base64url: 48 bits name the contact within its bucket, 48 others are the draw. */
const NAME = { from: 0, to: 8 };
const DRAW = { from: 8, to: 16 };
const BITS = 48;
const PROBABILITY_DECIMALS = 6;

export interface Choice {
  variant_id: string;
  creative_id: string;
  /** With which the contact was given this variant. */
  probability: number;
}

export interface ChoiceSources {
  redis: RedisClient;
  contact_key: string;
}

/** In order of the variants; adds up to 1. */
export type Shares = readonly { variant_id: string; probability: number }[];

/**
 * In order of the contacts. `shares` are those of the campaign's variants now. At least one is above 0. Without `keep`
 * nothing is stored: that is for tests, which say what a contact would be given.
 */
export async function chooseVariants(
  { redis, contact_key }: ChoiceSources,
  campaign: Campaign,
  shares: Shares,
  contact_ids: readonly string[],
  keep = true,
): Promise<Choice[]> {
  const drawn = contact_ids.map((contact_id) => {
    const print = fingerprint(
      contact_key,
      'choice',
      `${campaign.account_id} ${campaign.campaign_id}`,
      contact_id,
    );
    return { ...placeOf(campaign.campaign_id, print), share: drawShare(shares, shareOf(print)) };
  });
  const replies = await runAll(
    redis,
    drawn.flatMap(({ key, field, share }): Command[] => {
      const reading: Command = ['HGET', key, field];
      return keep ? [['HSETNX', key, field, encode(share)], reading, ['EXPIRE', key, KEEP_S]] : [reading];
    }),
  );
  const stored = (i: number): unknown => (keep ? replies[3 * i + 1] : replies[i]);
  const again: Command[] = [];
  const choices = drawn.map(({ key, field, share }, i): Choice => {
    const kept = decode(String(stored(i) ?? encode(share)));
    const variant = inUse(campaign, kept.variant_id);
    if (variant !== undefined) return { ...choiceOf(variant), probability: kept.probability };
    // The variant that was chosen is gone, or switched off.
    again.push(['HSET', key, field, encode(share)]);
    const { creative_id } = inUse(campaign, share.variant_id) as Variant;
    return { creative_id, ...decode(encode(share)) };
  });
  if (keep) await runAll(redis, again);
  return choices;
}

const choiceOf = ({ variant_id, creative_id }: Variant) => ({ variant_id, creative_id });

const inUse = ({ variants }: Campaign, id: string): Variant | undefined =>
  variants.find(({ variant_id, percent }) => variant_id === id && percent > 0);

function placeOf(campaign_id: string, print: string): { key: string; field: string } {
  const field = print.slice(NAME.from, NAME.to);
  const bucket = Buffer.from(field, 'base64url').readUInt32BE(0) % BUCKETS;
  return { key: `choices:${bucket}:${campaign_id}`, field };
}

/** From 0 to below 1. */
const shareOf = (print: string): number =>
  Buffer.from(print.slice(DRAW.from, DRAW.to), 'base64url').readUIntBE(0, BITS / 8) / 2 ** BITS;

/** The variant in whose part of the line from 0 to 1 the point lies. */
export function drawShare(shares: Shares, point: number): Shares[number] {
  let left = point;
  for (const share of shares) {
    if (left < share.probability) return share;
    left -= share.probability;
  }
  // Rounding: the probabilities add up to a little less than 1.
  return shares.findLast(({ probability }) => probability > 0) as Shares[number];
}

const encode = ({ variant_id, probability }: Shares[number]): string =>
  `${probability.toFixed(PROBABILITY_DECIMALS)} ${variant_id}`;

function decode(text: string): Shares[number] {
  const [probability = '', ...variant_id] = text.split(' ');
  return { probability: Number(probability), variant_id: variant_id.join(' ') };
}
