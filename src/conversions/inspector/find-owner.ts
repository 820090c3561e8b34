/**
 * Finds whose a noted report is, after it was answered: the account and offer whose list it goes to, whether it proved
 * to come from somebody who knows a secret, and which contacts it names. Reads the records that reception reads; rejects
 * when Redis is down, and the report is not kept.
 */
import type { Account, Offer } from '../../catalog/definitions.ts';
import { linkIdOfClickId } from '../../clicks/click-id.ts';
import { isLinkId, type Link } from '../../links/link.ts';
import { fingerprint } from '../../privacy/contact-key.ts';
import type { Conversion } from '../conversion.ts';
import type { ReceiveContext } from '../receive/authenticate.ts';
import { PARAMETERS, type Parameter, type Parameters } from '../receive/conversion-input.ts';
import {
  accountOfSecret,
  conversionSecrets,
  isSecret,
  postbackSecrets,
} from '../receive/postback-secrets.ts';
import { isSignedWith, readSignature } from '../receive/signature.ts';

/** What finding an owner starts from. */
export interface Ownable {
  /** The account of the API key, if it came by the API. */
  account?: Account | undefined;
  /** Undefined where nothing could be read. */
  given: Parameters | undefined;
  /** Undefined where it was refused. */
  conversion?: Conversion | undefined;
  query: string;
  body?: Buffer | string | undefined;
}

export interface Owner {
  account: Account;
  /** '' where it is not known. */
  offer_id: string;
  /** The secrets of both that are accepted now. */
  secrets: readonly string[];
  proven: boolean;
  contacts: string[];
}

type OwnerContext = Pick<ReceiveContext, 'sources' | 'keys' | 'contact_key'>;

/** Undefined where nothing says whose it is. */
export async function findOwner(context: OwnerContext, note: Ownable): Promise<Owner | undefined> {
  const { sources, keys } = context;
  const given = note.given ?? looselyRead(note);
  const link = await linkOf(context, note, given);
  const account = await accountOf(context, note, given, link);
  if (account === null || account === undefined) return undefined;
  const { account_id } = account;
  const offer = await offerOf(context, account_id, note, given, link);
  const now_ms = Date.now();
  const of_account = conversionSecrets(keys, account, now_ms);
  const secrets = [...(offer === null ? [] : postbackSecrets(keys, offer, now_ms)), ...of_account];
  const message =
    given.message_id === undefined ? null : await sources.message(account_id, given.message_id.trim());
  const contacts: [string, string | undefined][] = [
    [account_id, note.conversion?.subject.contact_id],
    ...contactsIn(note, given).map((id): [string, string] => [account_id, id]),
    [account_id, message?.contact_id],
    [link?.account_id ?? '', link?.contact_id],
  ];
  return {
    account,
    offer_id: offer?.offer_id ?? '',
    secrets,
    proven: note.account !== undefined || knowsSecret(note.query, given, secrets, now_ms),
    contacts: [
      ...new Set(
        contacts.flatMap(([owner, id]) =>
          id ? [fingerprint(context.contact_key, 'report', owner, id)] : [],
        ),
      ),
    ],
  };
}

/** Also where the query names several, of which reception reads none. */
function contactsIn({ query }: Ownable, { contact_id = '' }: Parameters): string[] {
  const all = new URLSearchParams(query);
  const names = [...all.keys()].filter((name) => name.trim().toLowerCase() === 'contact_id');
  return [contact_id, ...names.flatMap((name) => all.getAll(name))].map((id) => id.trim());
}

/** Only where reception has not found it already. */
function linkOf(
  { sources }: OwnerContext,
  { conversion }: Ownable,
  { click_id, link_id }: Parameters,
): Promise<Link | null> | null {
  if (conversion !== undefined && conversion.subject.contact_id !== '') return null;
  const id = linkIdOfClickId(click_id?.trim() ?? '') ?? link_id?.trim() ?? '';
  return isLinkId(id) ? sources.link(id) : null;
}

async function accountOf(
  { sources }: OwnerContext,
  { account, conversion }: Ownable,
  given: Parameters,
  link: Link | null,
): Promise<Account | null | undefined> {
  if (account !== undefined) return account;
  if (conversion !== undefined) return sources.account(conversion.account_id);
  const named = given.offer_id === undefined ? null : await sources.offerOwner(given.offer_id.trim());
  const account_id = named ?? link?.account_id ?? accountOfSecret(given.secret ?? '');
  return account_id === undefined ? undefined : sources.account(account_id);
}

async function offerOf(
  { sources }: OwnerContext,
  account_id: string,
  { conversion }: Ownable,
  given: Parameters,
  link: Link | null,
): Promise<Offer | null> {
  const of_link = link?.account_id === account_id ? link.offer_id : '';
  for (const id of [conversion?.offer_id, given.offer_id?.trim(), of_link]) {
    const offer = id ? await sources.offer(account_id, id) : null;
    if (offer !== null) return offer;
  }
  return null;
}

function knowsSecret(
  query: string,
  { secret = '', postback_secret = '' }: Parameters,
  secrets: readonly string[],
  now_ms: number,
): boolean {
  if (isSecret(secret, secrets) || isSecret(postback_secret, secrets)) return true;
  try {
    const signed = readSignature(query, now_ms);
    return signed !== undefined && isSignedWith(signed, secrets);
  } catch {
    return false;
  }
}

/** Of a report that reception could not read: the first value of each of our parameters, to find whose it is. */
function looselyRead({ query, body = '' }: Ownable): Parameters {
  const given: Partial<Record<Parameter, string>> = {};
  for (const [name, value] of [...new URLSearchParams(query), ...pairsIn(body.toString())]) {
    const own = PARAMETERS.find((parameter) => parameter === name.trim().toLowerCase());
    if (own !== undefined) given[own] ??= value;
  }
  return given;
}

/** Names and values of a form or of a JSON object. */
export function pairsIn(body: string): [string, string][] {
  try {
    return Object.entries(JSON.parse(body) as object).map(([name, value]) => [name, String(value)]);
  } catch {
    return [...new URLSearchParams(body)];
  }
}
