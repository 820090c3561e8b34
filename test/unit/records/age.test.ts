import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, it } from 'vitest';
import { readIdentities, seal, unseal } from '../../../src/records/backup/age.ts';

async function* chunksOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

const TEXT = Buffer.alloc(200_000, 'secret ');

async function sealed(): Promise<{ identity: string; text: Buffer }> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  return { identity, text: await whole(seal(chunksOf(TEXT.subarray(0, 7), TEXT.subarray(7)), [recipient])) };
}

it('what is sealed is opened by its key alone', async () => {
  const { identity, text } = await sealed();
  expect(text.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  expect(text.includes('secret')).toBe(false);
  expect((await whole(unseal(chunksOf(text), [identity]))).equals(TEXT)).toBe(true);
  const other = await generateX25519Identity();
  await expect(whole(unseal(chunksOf(text), [other]))).rejects.toThrow('the key does not open it');
});

it('a text that was changed or cut is refused', async () => {
  const { identity, text } = await sealed();
  const changed = Buffer.from(text);
  changed[150_000] = (changed[150_000] ?? 0) ^ 1;
  await expect(whole(unseal(chunksOf(changed), [identity]))).rejects.toThrow();
  await expect(whole(unseal(chunksOf(text.subarray(0, 150_000)), [identity]))).rejects.toThrow();
});

it('a key file without a key is named, and what it holds is not shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-age-'));
  const identity = await generateX25519Identity();
  await writeFile(join(folder, 'good'), `# created: today\n${identity}\n`);
  await writeFile(join(folder, 'bad'), 'hunter2\n');
  expect(await readIdentities(join(folder, 'good'))).toEqual([identity]);
  await expect(readIdentities(join(folder, 'bad'))).rejects.toThrow(/^the key file .*bad holds no identity/);
  await expect(readIdentities(join(folder, 'bad'))).rejects.not.toThrow('hunter2');
  await expect(readIdentities(join(folder, 'none'))).rejects.toThrow('none can’t be read'.replace('’', "'"));
  await rm(folder, { recursive: true });
});
