/**
 * What the rules of an offer may ask of a tap, each found out when it is asked: the country of an address costs a
 * microsecond, and most taps are of offers without rules. Asks nobody.
 */
import { type Device, deviceKind } from '../bots/agents/device-kind.ts';
import type { Judge } from '../bots/judge.ts';
import { KEPT_HEADERS } from '../clicks/click.ts';
import { contactSubject, type Visit } from '../links/offer-routing.ts';
import { wantedLanguage } from '../platform/accept-language.ts';
import { queryValues } from '../platform/query-string.ts';
import type { ServedLink } from './served-link.ts';
import type { Tap } from './tap.ts';

const LANGUAGE_AT = KEPT_HEADERS.indexOf('accept-language');

export class TapVisit implements Visit {
  readonly at_ms: number;
  readonly #judge: Pick<Judge, 'countryOf'>;
  readonly #request: Tap['request'];
  readonly #link: Pick<ServedLink, 'account_id' | 'contact_id'>;
  #country: string | undefined;
  #query: Readonly<Record<string, string>> | undefined;

  constructor(
    judge: Pick<Judge, 'countryOf'>,
    { request, at_ms }: Pick<Tap, 'request' | 'at_ms'>,
    link: Pick<ServedLink, 'account_id' | 'contact_id'>,
  ) {
    this.at_ms = at_ms;
    this.#judge = judge;
    this.#request = request;
    this.#link = link;
  }

  country(): string {
    this.#country ??= this.#judge.countryOf(this.#request.ip);
    return this.#country;
  }

  device(): Device {
    return deviceKind(this.#request.user_agent);
  }

  language(): string {
    return wantedLanguage(this.#request.headers[LANGUAGE_AT] ?? '');
  }

  query(): Readonly<Record<string, string>> {
    this.#query ??= queryValues(this.#request.query);
    return this.#query;
  }

  /** Of a link without a contact the address and the browser; it is hashed, and kept nowhere. */
  subject(): string {
    const { account_id, contact_id } = this.#link;
    const { ip, user_agent } = this.#request;
    return contact_id === '' ? `visitor ${ip} ${user_agent}` : contactSubject(account_id, contact_id);
  }
}
