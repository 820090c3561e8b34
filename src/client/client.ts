/**
 * A client of the API for TypeScript: openapi-fetch over the types that the API itself writes (openapi.ts). Paths,
 * parameters, bodies and answers are checked by the compiler. To use it elsewhere, copy openapi.ts, or make it with
 * any generator from /openapi.json.
 *
 *   const trackly = createTracklyClient('http://localhost:8081', 'trk_…');
 *   const { data, error } = await trackly.POST('/v2/links/shorten', { body: { url: 'https://shop.example/' } });
 */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './openapi.ts';

export type TracklyClient = Client<paths>;

/**
 * `address` is the API's, `api_key` an account's (or the admin key). A call resolves with `data`, or with `error`
 * as the API says it; it rejects only where no API answers.
 */
export function createTracklyClient(address: string, api_key: string): TracklyClient {
  return createClient<paths>({ baseUrl: address, headers: { 'X-Api-Key': api_key } });
}
