import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { APART, rolesReady } from '../../../deploy/build-roles.mjs';
import { BUNDLED, bundleFile, readBundle } from '../../../deploy/bundles.mjs';

const ROOT = join(import.meta.dirname, '../../..');
const ENTRY = BUNDLED[0] as string;

let elsewhere: string;
beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(ROOT, 'deploy/build-roles.mjs')]);
  elsewhere = await mkdtemp(join(tmpdir(), 'trackly-bundle-'));
});
afterAll(() => rm(elsewhere, { recursive: true, force: true }));

it('bundles redirect, worker and API, in ASCII, with what belongs to them and without what is loaded on demand', () => {
  expect(rolesReady()).toBe(true);
  for (const entry of BUNDLED) {
    const code = readBundle(ROOT, entry) ?? '';
    expect(code).toMatch(/^[\0-\x7f]*$/);
    // Where a module is does not depend on the bundle's place.
    expect(code).not.toMatch(/import\.meta\.(dirname|filename)/);
    expect(code).not.toContain(ROOT);
    const imported = [...code.matchAll(/^import .* from "([^".]+)";$/gm)].map(([, name]) => name ?? '');
    const packages = imported.filter((name) => !/^(node:|\w+$)/.test(name) && !APART.includes(name));
    expect(packages).toEqual([]);
  }
  expect(readBundle(ROOT, 'workers/main.ts')).toContain('import("acme-client")');
});

it('takes a bundle of other files for none: after a change, without one of its files, or half written', async () => {
  const bundle = await readFile(bundleFile(ROOT, ENTRY), 'utf8');
  const { files } = JSON.parse(bundle.slice(3, bundle.indexOf('\n'))) as { files: string[] };
  // A bundle of an older bundler is none either.
  expect(files).toEqual(expect.arrayContaining(['deploy/build-roles.mjs', 'deploy/bundles.mjs']));
  for (const file of files) {
    await mkdir(dirname(join(elsewhere, file)), { recursive: true });
    await writeFile(join(elsewhere, file), await readFile(join(ROOT, file)));
  }
  const copy = bundleFile(elsewhere, ENTRY);
  await mkdir(dirname(copy), { recursive: true });
  await writeFile(copy, bundle);
  expect(readBundle(elsewhere, ENTRY)).toBe(readBundle(ROOT, ENTRY));

  const changed = join(elsewhere, ENTRY);
  await writeFile(changed, `${await readFile(changed, 'utf8')}\n`);
  expect(readBundle(elsewhere, ENTRY)).toBeUndefined();
  await rm(changed);
  expect(readBundle(elsewhere, ENTRY)).toBeUndefined();
  await writeFile(copy, bundle.slice(0, 100));
  expect(readBundle(elsewhere, ENTRY)).toBeUndefined();
  await rm(copy);
  expect(readBundle(elsewhere, ENTRY)).toBeUndefined();
});
