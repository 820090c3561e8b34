/**
 * Authenticates reports on the public listener: by the account's secret, by the offer's secret, or by the addresses
 * that the account lists. An unguessable click or link id alone is enough if the account allows it.
 */
import { BlockList, isIP } from 'node:net';
import { acceptedKeys, type InstallationKeySource } from '../../access/key-ring.ts';
import type { Account, Offer } from '../../catalog/definitions.ts';
import type { Channel } from '../conversion.ts';
import { ConversionError } from './conversion-error.ts';
import type { Parameters } from './conversion-input.ts';
import type { ConversionSources } from './conversion-sources.ts';
import { accountOfSecret, conversionSecret, isSecret, postbackSecret } from './postback-secrets.ts';

export interface ReceiveContext {
  sources: ConversionSources;
  /** Check secrets; see InstallationKeys. */
  keys: InstallationKeySource;
  /** The key of fingerprints of contacts. */
  contact_key: string;
  /** Bytes of payload that a partition of the log of conversions may hold. */
  partition_bytes_max: number;
}

export interface Report {
  channel: Channel;
  given: Parameters;
  /** The account of the API key; undefined on the public listener, where secrets and ids identify the account. */
  account?: Account;
  /** Address of the caller. */
  ip?: string;
}

/** An offer that was named, with its account. */
export interface NamedOffer {
  account: Account;
  offer_id: string;
  /** The offer's secret was given. */
  authenticated: boolean;
}

/** The account of `secret`; undefined without a secret. Throws ConversionError when the secret is wrong. */
export async function accountBySecret(context: ReceiveContext, secret: string): Promise<Account | undefined> {
  if (secret === '') return undefined;
  const account_id = accountOfSecret(secret);
  const account = account_id === undefined ? null : await context.sources.account(account_id);
  const right =
    account === null ? [] : acceptedKeys(context.keys).map((key) => conversionSecret(key, account));
  if (account === null || !isSecret(secret, right)) {
    throw new ConversionError(
      'wrong_secret',
      'secret is not the secret of an account: copy it again',
      account?.account_id,
    );
  }
  return account;
}

/** The named offer. On the public listener the offer's secret or an account must authenticate the caller. */
export async function namedOffer(
  context: ReceiveContext,
  { channel, given, account: asking }: Report,
  offer_id: string,
  caller: Account | undefined,
): Promise<NamedOffer | undefined> {
  if (offer_id === '') {
    if (channel === 'offer') throw new ConversionError('invalid_conversion', 'give offer_id');
    return undefined;
  }
  const account_id = asking?.account_id ?? (await context.sources.offerOwner(offer_id));
  const [account, offer] =
    account_id === null
      ? [null, null]
      : await Promise.all([context.sources.account(account_id), context.sources.offer(account_id, offer_id)]);
  if (account === null || offer === null) {
    throw new ConversionError('unknown_offer', 'offer_id is not the id of an offer: copy it again');
  }
  if (asking !== undefined) return { account, offer_id, authenticated: true };
  if (knowsOfferSecret(context, given, offer)) return { account, offer_id, authenticated: true };
  // Offer and message ids are no secrets.
  if (caller === undefined) {
    throw new ConversionError(
      'secret_required',
      'add postback_secret=…, from GET /v2/offers/:id/postbacks',
      account.account_id,
    );
  }
  return { account, offer_id, authenticated: false };
}

/** Whether the offer's secret was given. Throws ConversionError when it is wrong. */
export function knowsOfferSecret(context: ReceiveContext, given: Parameters, offer: Offer | null): boolean {
  const secret = given.postback_secret ?? '';
  if (secret === '') return false;
  const right = offer === null ? [] : acceptedKeys(context.keys).map((key) => postbackSecret(key, offer));
  if (isSecret(secret, right)) return true;
  throw new ConversionError(
    'wrong_secret',
    'postback_secret is not the secret of this offer: copy it again',
    offer?.account_id,
  );
}

/**
 * An account's own rules: its secret, and the addresses of its networks. `caller` is the account of the
 * secret that was given. Throws ConversionError.
 */
export function checkCaller(
  account: Account,
  caller: Account | undefined,
  authenticated: boolean,
  { channel, ip, account: asking }: Report,
): void {
  // The API has asked for a key.
  if (asking !== undefined) return;
  if (account.status !== 'active') throw new ConversionError('unknown_link', 'this account is archived');
  if (caller !== undefined && caller.account_id !== account.account_id) {
    throw new ConversionError('wrong_secret', 'secret is of another account', account.account_id);
  }
  if (!authenticated && caller === undefined && account.conversion_secret_required) {
    throw new ConversionError(
      'secret_required',
      'this account asks for its secret: add secret=…',
      account.account_id,
    );
  }
  // A pixel is fetched by the recipient's own phone.
  const listed = account.conversion_addresses;
  if (channel !== 'pixel' && listed.length > 0 && !isListed(listed, ip ?? '')) {
    throw new ConversionError(
      'address_not_allowed',
      'this address may not report conversions for this account',
      account.account_id,
    );
  }
}

function isListed(listed: readonly string[], ip: string): boolean {
  const list = new BlockList();
  for (const entry of listed) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return isIP(ip) !== 0 && list.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}
