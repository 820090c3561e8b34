/**
 * Authenticates reports on the public listener: by the account's secret, by the offer's secret, by a signature made with
 * one of them, or by the addresses that the account lists. A click id that was given out here, or an unguessable link
 * id, is enough where the account allows it.
 */
import { BlockList, isIP } from 'node:net';
import type { InstallationKeys } from '../../access/installation-key.ts';
import type { InstallationKeySource } from '../../access/key-ring.ts';
import type { Account, Offer } from '../../catalog/definitions.ts';
import { isSuspended } from '../../catalog/suspension.ts';
import { type Channel, isConversion } from '../conversion.ts';
import { ConversionError } from './conversion-error.ts';
import type { Parameters, Reported } from './conversion-input.ts';
import type { Finding } from './find-target.ts';
import { accountOfSecret, conversionSecrets, isSecret, postbackSecrets } from './postback-secrets.ts';
import { isSignedWith, type Signed, wrongSignature } from './signature.ts';

export interface ReceiveContext extends Finding {
  /** Check secrets. */
  keys: InstallationKeySource & Pick<InstallationKeys, 'fresh'>;
  /** The key of fingerprints of contacts. */
  contact_key: string;
  /** Bytes of payload that the log of conversions may hold. */
  log_bytes_max: number;
}

export interface Report {
  channel: Channel;
  given: Parameters;
  /** The account of the API key; undefined on the public listener, where secrets and ids identify the account. */
  account?: Account;
  /** Address of the caller. */
  ip?: string;
  /** The signature of its address, not checked yet. */
  signed?: Signed | undefined;
  /** The CSV upload that it came with. */
  upload_id?: string;
  /** An id that a repeat of the same report has too; undefined: a new one. */
  conversion_id?: string;
}

/** What a report has proven of an offer and its account. */
export type Proof = 'nothing' | 'secret' | 'signature';

/** An offer that was named, with its account. */
export interface NamedOffer {
  account: Account;
  offer_id: string;
  proof: Proof;
}

/** The account of `secret`; undefined without a secret. Throws ConversionError when the secret is wrong. */
export async function accountBySecret(context: ReceiveContext, secret: string): Promise<Account | undefined> {
  if (secret === '') return undefined;
  const account_id = accountOfSecret(secret);
  const account = account_id === undefined ? null : await context.sources.account(account_id);
  if (account === null || !isSecret(secret, conversionSecrets(context.keys, account, Date.now()))) {
    throw new ConversionError(
      'wrong_secret',
      'secret is not the secret of an account: copy it again',
      account?.account_id,
    );
  }
  return account;
}

/** The named offer. On the public listener the offer's secret, a signature or an account must authenticate the caller. */
export async function namedOffer(
  context: ReceiveContext,
  report: Report,
  offer_id: string,
  caller: Account | undefined,
): Promise<NamedOffer | undefined> {
  const { channel, account: asking } = report;
  if (offer_id === '') {
    if (channel === 'offer' && caller === undefined)
      throw new ConversionError('invalid_conversion', 'give offer_id');
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
  if (asking !== undefined) return { account, offer_id, proof: 'secret' };
  const proof = proofOf(context, report, account, offer, false);
  // Offer and message ids are no secrets.
  if (proof === 'nothing' && caller === undefined) {
    throw new ConversionError(
      'secret_required',
      'add postback_secret=…, from GET /v2/offers/:id/postbacks',
      account.account_id,
    );
  }
  return { account, offer_id, proof };
}

/**
 * What the report proves beside the account's secret. Throws ConversionError when the signature or the offer's secret is
 * wrong, and where a signature is required and missing. `by_account_secret`: the account's secret was given and is right.
 */
export function proofOf(
  { keys }: ReceiveContext,
  { given, signed }: Report,
  account: Account,
  offer: Offer | null,
  by_account_secret: boolean,
): Proof {
  const now_ms = Date.now();
  const of_offer = offer === null ? [] : postbackSecrets(keys, offer, now_ms);
  if (signed !== undefined) {
    if (isSignedWith(signed, [...of_offer, ...conversionSecrets(keys, account, now_ms)])) return 'signature';
    throw wrongSignature(
      'signature is not HMAC-SHA256 of the query before it, with the secret of the offer or account as the key',
      account.account_id,
    );
  }
  if (account.conversion_signature_required || offer?.postback_signature_required) {
    throw new ConversionError(
      'signature_required',
      'this report must be signed: add signature=… as its last parameter',
      account.account_id,
    );
  }
  const secret = given.postback_secret ?? '';
  if (secret === '' || by_account_secret) return 'nothing';
  if (isSecret(secret, of_offer)) return 'secret';
  throw new ConversionError(
    'wrong_secret',
    'postback_secret is not the secret of this offer: copy it again',
    account.account_id,
  );
}

/**
 * An account's own rules: its secret, and the addresses of its networks. `caller` is the account of the secret that was
 * given, `proof` what else was proven. Throws ConversionError.
 */
export function checkCaller(
  account: Account,
  { caller, proof }: { caller: Account | undefined; proof: Proof },
  { channel, ip }: Report,
  reported: Reported,
): void {
  if (isSuspended(account)) {
    throw new ConversionError('account_suspended', 'this account is suspended', account.account_id);
  }
  if (account.status !== 'active') throw new ConversionError('unknown_link', 'this account is archived');
  if (caller !== undefined && caller.account_id !== account.account_id) {
    throw new ConversionError('wrong_secret', 'secret is of another account', account.account_id);
  }
  const needed = caller === undefined && proof === 'nothing' ? secretNeeded(account, reported) : undefined;
  if (needed !== undefined) throw new ConversionError('secret_required', needed, account.account_id);
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

/** What to do where the account wants a secret for such a report; undefined where it wants none. */
function secretNeeded({ conversion_secret_required }: Account, reported: Reported): string | undefined {
  if (conversion_secret_required === 'never') return undefined;
  if (conversion_secret_required === 'always') return 'this account asks for its secret: add secret=…';
  if (!isConversion(reported.event)) {
    return 'a refund or void needs a secret: add offer_id=… and postback_secret=…, or secret=…';
  }
  if (reported.click_id !== '') return undefined;
  return 'a link id alone is no proof: name the click with click_id=…, or add a secret as for a refund';
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
