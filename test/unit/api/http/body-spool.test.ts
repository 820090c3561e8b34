import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BodySpool } from '../../../../src/api/http/body-spool.ts';

const BOUNDS = { bytes_max: 10, bodies_max: 3, bodies_each_max: 2 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-spool-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const body = (...parts: string[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));

it('gives a body as often as it is asked for, from a file that has no name', async () => {
  const spool = new BodySpool(folder, BOUNDS);
  const read = await spool.hold(body('ab', 'cd'), 'acc', async (held) => {
    expect(await readdir(folder)).toEqual([]);
    expect(held.sha256).toBe('88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589');
    return [held.bytes, await text(held.read()), await text(held.read())];
  });
  expect(read).toEqual([4, 'abcd', 'abcd']);
});

it('ends its readers early without harm to the others', async () => {
  const spool = new BodySpool(folder, BOUNDS);
  await spool.hold(body('abcd'), 'acc', async (held) => {
    held.read().destroy();
    expect(await text(held.read())).toBe('abcd');
  });
});

it('refuses a body that is too long, and goes on', async () => {
  const spool = new BodySpool(folder, BOUNDS);
  await expect(spool.hold(body('12345', '678901'), 'acc', text as never)).rejects.toThrow('10 bytes');
  expect(await spool.hold(body('1'), 'acc', async ({ bytes }) => bytes)).toBe(1);
});

it('holds so many at once, and fewer of one account', async () => {
  const spool = new BodySpool(folder, BOUNDS);
  const held = [await spool.take(body('a'), 'one'), await spool.take(body('a'), 'one')];
  await expect(spool.take(body('a'), 'one')).rejects.toThrow('in a moment');
  held.push(await spool.take(body('a'), 'two'));
  await expect(spool.take(body('a'), 'three')).rejects.toThrow('in a moment');
  for (const one of held) await one.release();
  await (await spool.take(body('a'), 'one')).release();
});

it('removes at its start what a kill has left', async () => {
  const own = join(folder, 'bodies/api-1');
  await BodySpool.open(folder, 'api-1');
  await writeFile(join(own, 'left'), 'x');
  await BodySpool.open(folder, 'api-1');
  expect(await readdir(own)).toEqual([]);
});
