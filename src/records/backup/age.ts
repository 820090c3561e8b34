/**
 * Streams encrypted in the format of age (https://age-encryption.org/v1), which `age --decrypt` reads too: X25519 and
 * ChaCha20-Poly1305 in chunks of 64 KiB, so that a changed, missing or moved chunk is noticed. Whoever encrypts needs only
 * the public recipient and can't read what it wrote. Loaded when something is encrypted: 38 MB/s on one core.
 */
import { readFile } from 'node:fs/promises';
import { ReadableStream as WebStream } from 'node:stream/web';
import { OperatorError } from '../../platform/operator-error.ts';

/** The key can't be used; `message` says which and why. */
export class KeyFault extends OperatorError {
  readonly code = 'key';
}

/** Encrypts for every one of `recipients`, of which each alone can decrypt. */
export async function* seal(
  chunks: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): AsyncGenerator<Uint8Array> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  yield* await encrypter.encrypt(streamOf(chunks));
}

/** Decrypts what seal wrote. Rejects with KeyFault when no identity fits, and with an error when the text was changed. */
export async function* unseal(
  chunks: AsyncIterable<Uint8Array>,
  identities: readonly string[],
): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const opened = await decrypter.decrypt(streamOf(chunks)).catch((error: Error) => {
    if (!/no identity matched/.test(error.message)) throw error;
    throw new KeyFault('the key does not open it: it was encrypted for another one.');
  });
  yield* opened;
}

const streamOf = (chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  WebStream.from(chunks) as unknown as ReadableStream<Uint8Array>;

/** The identities in a file that age-keygen wrote. Throws KeyFault when there are none; the text is never shown. */
export async function readIdentities(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new KeyFault(`the key file ${file} can't be read (${error.code}).`);
  });
  const lines = text.split('\n').map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length === 0 || !identities.every((line) => /^AGE-SECRET-KEY-1[0-9A-Z]+$/.test(line))) {
    throw new KeyFault(`the key file ${file} holds no identity: make one with age-keygen -o ${file}.`);
  }
  return identities;
}
