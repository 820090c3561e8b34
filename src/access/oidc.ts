/**
 * Signing in with OpenID Connect, by the code flow with PKCE, state and nonce. The provider is asked for its metadata at
 * the first sign-in; with it down, or slow, signing in this way fails and the rest works. What the browser brings back
 * is checked against a sealed note in a cookie, so nothing is stored for somebody who is not known yet.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
} from 'openid-client';
import { hostName, isLoopback } from '../platform/host.ts';
import { newToken } from '../platform/random.ts';
import { normalEmail } from './email.ts';
import type { InstallationKeySource } from './key-ring.ts';
import type { OidcIdentity } from './person.ts';
import { decrypt, encrypt } from './sealed.ts';

const PROVIDER_WITHIN_S = 5;
/** How long somebody may take at the provider. */
export const OIDC_WITHIN_MS = 10 * 60_000;
const SEALED_FOR = { purpose: 'OpenID Connect', subject: '' };

export interface OidcSettings {
  /** The provider's address, as its tokens name it. */
  issuer: string;
  client_id: string;
  client_secret: string;
}

/** What the answer of the provider is checked against. */
interface Note {
  state: string;
  nonce: string;
  verifier: string;
  ends_at_ms: number;
}

export interface ProvenPerson {
  email: string;
  identity: OidcIdentity;
}

export class OidcProvider {
  readonly #settings: OidcSettings;
  readonly #keys: InstallationKeySource;
  #configuration: Promise<Configuration> | undefined;

  constructor(settings: OidcSettings, keys: InstallationKeySource) {
    this.#settings = settings;
    this.#keys = keys;
  }

  /** Where the browser is sent, and the sealed note that it brings back in a cookie. Rejects with the provider down. */
  async begin(redirect_uri: string): Promise<{ url: string; note: string }> {
    const configuration = await this.#discover();
    const note: Note = {
      state: newToken(),
      nonce: newToken(),
      verifier: newToken(),
      ends_at_ms: Date.now() + OIDC_WITHIN_MS,
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri,
      scope: 'openid email',
      state: note.state,
      nonce: note.nonce,
      code_challenge: await calculatePKCECodeChallenge(note.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, note: encrypt(this.#keys, SEALED_FOR, JSON.stringify(note)) };
  }

  /**
   * Who it is, by the address that the provider has verified, in normal form; undefined where it has not. `asked` is the address of
   * the provider's answer. Rejects for an answer that does not belong to the note, and with the provider down.
   */
  async finish(asked: URL, sealed_note: string): Promise<ProvenPerson | undefined> {
    const note = JSON.parse(decrypt(this.#keys, SEALED_FOR, sealed_note)) as Note;
    if (note.ends_at_ms < Date.now()) throw new Error('the note is too old');
    const tokens = await authorizationCodeGrant(await this.#discover(), asked, {
      pkceCodeVerifier: note.verifier,
      expectedState: note.state,
      expectedNonce: note.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    const email = claims?.['email'];
    if (claims === undefined || typeof email !== 'string' || claims['email_verified'] !== true)
      return undefined;
    return { email: normalEmail(email), identity: { issuer: claims.iss, subject: claims.sub } };
  }

  /** Asked once; again after a failure. */
  #discover(): Promise<Configuration> {
    const { issuer, client_id, client_secret } = this.#settings;
    this.#configuration ??= discovery(new URL(issuer), client_id, client_secret, undefined, {
      timeout: PROVIDER_WITHIN_S,
      execute: isLoopback(hostName(new URL(issuer).host)) ? [allowInsecureRequests] : [],
    }).catch((error) => {
      this.#configuration = undefined;
      throw error;
    });
    return this.#configuration;
  }
}
