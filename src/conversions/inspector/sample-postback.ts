/**
 * Fills a network's postback with sample values, as the network fills its macros, and marks it as a test. Signed where
 * the offer or its account asks for signatures. Pure but for the random digits of the click id.
 */
import { createHmac } from 'node:crypto';
import type { InstallationKeySource } from '../../access/key-ring.ts';
import type { Offer } from '../../catalog/definitions.ts';
import { ClickIds } from '../../clicks/click-id.ts';
import { postbackSecret } from '../receive/postback-secrets.ts';
import { newTestToken, TEST_PARAMETER } from './test-token.ts';

/** Of no link: one random id in 3.5 × 10^12 is this one. */
const SAMPLE_LINK_ID = '0000000';
/** Parameters with a macro of the network; the others are filled in already. */
const MACRO = /[{#]/;

export interface Sample {
  /** The address with everything filled in, the secret too. */
  url: string;
  /** What was filled in, by our names. */
  values: Record<string, string>;
}

/** `template`: the address that is pasted into the network, with its macros. */
export function samplePostback(
  keys: InstallationKeySource,
  offer: Offer,
  template: string,
  { signed, now_ms }: { signed: boolean; now_ms: number },
): Sample {
  const [address = '', macros = ''] = template.split('?');
  const samples: Record<string, string> = {
    click_id: new ClickIds(keys).create(now_ms, SAMPLE_LINK_ID),
    event: 'sale',
    revenue: '12.34',
    currency: offer.currency,
    txn_id: `test-${now_ms.toString(36)}`,
    ts: String(Math.floor(now_ms / 1_000)),
  };
  const query = new URLSearchParams(macros);
  const values: Record<string, string> = {};
  for (const name of new Set(query.keys())) {
    if (!MACRO.test(query.get(name) ?? '')) continue;
    values[name] = samples[name] ?? 'sample';
    query.set(name, values[name]);
  }
  query.set(TEST_PARAMETER, newTestToken(keys, offer.offer_id, now_ms));
  const text = query.toString();
  const signature = createHmac('sha256', postbackSecret(keys, offer)).update(text).digest('hex');
  return { url: `${address}?${text}${signed ? `&signature=${signature}` : ''}`, values };
}
