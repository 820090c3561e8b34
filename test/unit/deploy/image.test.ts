/**
 * The image, laid out in a plain folder by the steps of deploy/Dockerfile: small, without what it has no use for, and
 * every command that the runbook tells to run answers there. No container is built.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUNDLED, readBundle } from '../../../deploy/bundles.mjs';
import { copyImageFiles, imageEnv, layImage } from '../../support/image-files.ts';
import { itIfLong } from '../../support/long.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const MB = 1e6;
const IMAGE_MB_MAX = 400;
/** node:22-bookworm-slim for amd64, unpacked, as `docker images` shows it (220 MB in 2024, and a margin). */
const BASE_MB = 235;

let image: string;
const folders: string[] = [];
beforeAll(async () => {
  image = await copyImageFiles();
  folders.push(image);
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Bytes on a disk, in blocks of 4 kB. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, { parentPath, name }) => sum + Math.ceil(statSync(join(parentPath, name)).size / 4_096) * 4_096,
      0,
    );

const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');
const packagesOf = (folder: string): string[] =>
  readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?:^|node_modules\/)(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path))
    .map((path) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'node_modules', path), 'utf8'));
      return `${nameOf(path)} ${name} ${version}`;
    })
    .toSorted();

interface Answer {
  code: number;
  output: string;
}
/** As a person types it in a container of the image. */
const inImage = (command: string, env: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve) => {
    const settings = {
      REDIS_URL: 'redis://127.0.0.1:1',
      CLICKHOUSE_URL: 'http://127.0.0.1:1',
      DATA_DIR: '/nonexistent',
    };
    const child = execFile(
      'sh',
      ['-c', command],
      { cwd: image, env: imageEnv({ ...settings, ...env }) },
      (_, out, err) => resolve({ code: child.exitCode ?? -1, output: out + err }),
    );
    child.stdin?.end();
  });

it('fits into 400 MB with its base', () => {
  expect(sizeOf(image) / MB).toBeLessThan(IMAGE_MB_MAX - BASE_MB);
});

it('has neither the embedded ClickHouse nor a second Node, nor what only tests use', () => {
  const there = readdirSync(join(image, 'node_modules'));
  expect(there).not.toContain('@chdb');
  expect(there.filter((name) => /^node-(?:bin-)?(?:linux|darwin)-/.test(name))).toEqual([]);
  const { devDependencies } = JSON.parse(read('package.json'));
  for (const name of Object.keys(devDependencies))
    expect([name, existsSync(join(image, 'node_modules', name))]).toEqual([name, false]);
  expect(readdirSync(join(image, 'node_modules/uWebSockets.js/dist/bin'))).toEqual([
    `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`,
  ]);
  // The same hashes as the lockfile, for each platform.
  const { packages } = JSON.parse(read('package-lock.json'));
  const selected = JSON.parse(readFileSync(join(image, 'package-lock.json'), 'utf8')).packages;
  for (const [path, one] of Object.entries(selected)) if (path !== '') expect(one).toEqual(packages[path]);
});

it('has the binaries for arm64 in what it is built from', () => {
  const { packages } = JSON.parse(readFileSync(join(image, 'package-lock.json'), 'utf8'));
  for (const name of ['@node-rs/argon2-linux-arm64-gnu', '@yuuang/ffi-rs-linux-arm64-gnu'])
    expect(packages[`node_modules/${name}`]?.integrity).toMatch(/^sha512-/);
  expect(readdirSync(join(ROOT, 'node_modules/uWebSockets.js/dist/bin'))).toContain(
    'uws_linux_arm64_127.node',
  );
});

it('has every command of the runbook', () => {
  const { scripts } = JSON.parse(readFileSync(join(image, 'package.json'), 'utf8'));
  const commands = [...read('src/main.ts').matchAll(/^ {2}'?([a-z-]+)'?: (?:\{|role)/gm)].map(
    ([, name = '']) => name,
  );
  const text = read('deploy/RUNBOOK.md');
  const told = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name);
  expect(told.length).toBeGreaterThan(15);
  expect(told.filter((name) => scripts[name] === undefined)).toEqual([]);
  const typed = [...text.matchAll(/`(?:deploy\/)?trackly ([a-z-]+)[^`]*`/g)].map(([, name = '']) => name);
  expect(typed.length).toBeGreaterThan(1);
  expect(typed.filter((name) => !commands.includes(name))).toEqual([]);
});

// test/integration/trackly.test.ts runs each of them with these files; here is the way to it, by npm and the scripts.
it('answers what is typed there', async () => {
  const nobody = { API_URL: 'http://127.0.0.1:1', ADMIN_KEY: `trk_${'0'.repeat(32)}` };
  const typed: [string, number, RegExp, Record<string, string>?][] = [
    ['npm run -s spool -- list', 1, /^trackly: REDIS_URL .*nothing listens there/],
    ['npm run -s dead-letters', 1, /^trackly: no API answers/, nobody],
    ['deploy/trackly migrate', 1, /CLICKHOUSE_URL is not set/, { CLICKHOUSE_URL: '' }],
    ['node deploy/bootstrap.mjs', 0, /^$/],
    ['deploy/trackly clickhouse', 1, /ClickHouse library .* is not installed: .*or set CLICKHOUSE_URL/],
  ];
  await Promise.all(
    typed.map(async ([command, status, answer, env]) => {
      const { code, output } = await inImage(command, env);
      expect([command, code, output]).toEqual([command, status, expect.stringMatching(answer)]);
    }),
  );
});

it('has the bundles of redirect and worker, made of its files', () => {
  for (const entry of BUNDLED) expect(readBundle(image, entry)).toBeDefined();
});

it('starts with what its build derived: nothing is written where nothing can be', async () => {
  const kept = join(image, 'node_modules/.cache/trackly');
  expect(readdirSync(kept).filter((name) => name.startsWith('asn-'))).toHaveLength(1);
  const before = readdirSync(kept, { recursive: true }).length;
  expect((await inImage('deploy/trackly classify')).code).toBe(0);
  expect(readdirSync(kept, { recursive: true })).toHaveLength(before);
});

// Each downloads all packages anew; that the linked ones are right is what they show.
for (const major of [10, 11]) {
  itIfLong(`npm ${major} installs the same packages as are linked here`, async () => {
    const installed = await layImage(`npx --yes npm@${major} ci`);
    folders.push(installed);
    expect(packagesOf(installed)).toEqual(packagesOf(image));
    expect(Math.abs(sizeOf(installed) - sizeOf(image)) / MB).toBeLessThan(5);
  });
}
