/**
 * Step 1 of a tap: copies from a uWebSockets.js request what a click needs: the request object is gone once the
 * handler returns. Everything is bounded here, so that nothing a client sends can grow what follows.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import {
  HEADER_LENGTH_MAX,
  KEPT_HEADERS,
  QUERY_LENGTH_MAX,
  USER_AGENT_LENGTH_MAX,
} from '../../clicks/click.ts';
import { cutQuery } from '../../platform/query-string.ts';
import { REQUEST_ID_HEADER, sentRequestId } from '../../platform/request-id.ts';
import { cleanText } from '../../platform/text.ts';
import { askedHost } from '../asked-host.ts';
import type { ReadAddress } from '../client-address.ts';
import { linkIdOfPath } from '../link-path.ts';
import { AGAIN } from '../pages/pages.ts';
import type { TapRequest } from '../tap.ts';

const PATH_LENGTH_MAX = 256;
const REQUEST_ID_AT = KEPT_HEADERS.indexOf(REQUEST_ID_HEADER);

export function readRequest(
  res: HttpResponse,
  req: HttpRequest,
  method: TapRequest['method'],
  readAddress: ReadAddress,
  trusts_proxy: boolean,
): TapRequest {
  const query = req.getQuery() ?? '';
  const again =
    query.endsWith(AGAIN) && (query.length === AGAIN.length || query.at(-AGAIN.length - 1) === '&');
  const headers: string[] = [];
  for (const name of KEPT_HEADERS) headers.push(req.getHeader(name).slice(0, HEADER_LENGTH_MAX));
  if (headers[REQUEST_ID_AT] !== '')
    headers[REQUEST_ID_AT] = sentRequestId(headers[REQUEST_ID_AT], trusts_proxy);
  const path = req.getUrl().slice(0, PATH_LENGTH_MAX);
  const link_id = linkIdOfPath(path);
  return {
    method,
    link_id,
    path: link_id === undefined || path.length > link_id.length + 1 ? path : '',
    host: askedHost(req),
    ip: readAddress(res, req),
    user_agent: cleanText(req.getHeader('user-agent').slice(0, USER_AGENT_LENGTH_MAX)),
    headers,
    query: query === '' ? '' : keptQuery(again ? query.slice(0, -AGAIN.length - 1) : query),
    again,
  };
}

const keptQuery = (query: string): string => cleanText(cutQuery(query, QUERY_LENGTH_MAX));

/** A token and its name, several times over. */
export const CONTINUE_BYTES_MAX = 512;

/** What Continue on a preview page has sent; undefined where the body is too long or something else. */
export function readToken(body: Buffer | undefined): string | undefined {
  if (body === undefined) return undefined;
  return new URLSearchParams(body.toString('latin1')).get('token') ?? undefined;
}
