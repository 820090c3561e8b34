/**
 * What a redirect process writes of a tap's user agent and headers (encodeAgent), kept for the next taps that send the
 * same: phones of one model, system and language do, and to check and encode ten texts takes longer than the rest of a
 * row. Asks nobody.
 */
import { REQUEST_ID_HEADER } from '../platform/request-id.ts';
import { encodeAgent, type HeaderValues, KEPT_HEADERS, type TapAgent } from './click.ts';

/** Of each some 2 kB at most. With more than these, all are forgotten. */
const AGENTS_MAX = 2_000;
const LANGUAGE_AT = KEPT_HEADERS.indexOf('accept-language');
const REQUEST_ID_AT = KEPT_HEADERS.indexOf(REQUEST_ID_HEADER);

interface Seen {
  headers: HeaderValues;
  json: string;
}

export class SeenAgents {
  /** By user agent and language, which tell nearly all headers apart. */
  readonly #seen = new Map<string, Seen>();

  /** The same as encodeAgent. */
  encode(agent: TapAgent): string {
    const { user_agent, headers } = agent;
    // An id of its own for each request.
    if (headers[REQUEST_ID_AT] !== '') return encodeAgent(agent);
    const key = `${headers[LANGUAGE_AT]}\n${user_agent}`;
    const seen = this.#seen.get(key);
    if (seen !== undefined && isSame(seen.headers, headers)) return seen.json;
    // In one piece, while JavaScript would keep it as the many texts that it was put together from.
    const json = Buffer.from(encodeAgent(agent)).toString();
    if (this.#seen.size >= AGENTS_MAX) this.#seen.clear();
    this.#seen.set(key, { headers, json });
    return json;
  }
}

function isSame(one: HeaderValues, other: HeaderValues): boolean {
  for (let i = 0; i < KEPT_HEADERS.length; i++) {
    if (one[i] !== other[i]) return false;
  }
  return true;
}
