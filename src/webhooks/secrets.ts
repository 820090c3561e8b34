/**
 * What of a webhook is kept sealed: its address, the headers of a postback, and the secrets that sign. Each is sealed for
 * this webhook and this use alone. Opening throws SealError where it was not sealed here, which a restore of Redis
 * without its installation key leads to.
 */
import type { InstallationKeySource } from '../access/key-ring.ts';
import { decrypt, encrypt } from '../access/sealed.ts';
import { randomHex } from '../platform/random.ts';
import type { Webhook } from './webhook.ts';

/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = 32;
/** How long the secret before the newest one signs too. */
export const ROTATION_MS = 24 * 3_600_000;

const SEALED_FOR = {
  url: 'webhook address',
  headers: 'webhook headers',
  secret: 'webhook secret',
} as const;
type Use = keyof typeof SEALED_FOR;

const sealedFor = (use: Use, webhook_id: string) => ({ purpose: SEALED_FOR[use], subject: webhook_id });

export const seal = (keys: InstallationKeySource, use: Use, webhook_id: string, text: string): string =>
  encrypt(keys, sealedFor(use, webhook_id), text);

/** `whsec_` and base64, as Standard Webhooks writes secrets. */
export const newSecret = (): string =>
  `whsec_${Buffer.from(randomHex(SECRET_BYTES), 'hex').toString('base64')}`;

/** What requests are made with. */
export interface OpenedSecrets {
  /** With the macros of a postback. */
  url: string;
  /** Of a postback, by lower-case name. */
  headers: Record<string, string>;
  /** The newest first. */
  secrets: { text: string; expires_at: string | null }[];
}

export function openSecrets(
  keys: InstallationKeySource,
  webhook: Pick<Webhook, 'webhook_id' | 'url_sealed' | 'template' | 'secrets'>,
): OpenedSecrets {
  const { webhook_id, url_sealed, template, secrets } = webhook;
  const open = (use: Use, sealed: string): string => decrypt(keys, sealedFor(use, webhook_id), sealed);
  return {
    url: open('url', url_sealed),
    headers:
      template === null
        ? {}
        : (JSON.parse(open('headers', template.headers_sealed)) as Record<string, string>),
    secrets: secrets.map(({ sealed, expires_at }) => ({ text: open('secret', sealed), expires_at })),
  };
}
