/** Files of deploy/ set only what src/config.ts reads: a setting that was renamed must not stay behind in one of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const FILES = [
  'deploy/Dockerfile',
  'deploy/compose.yaml',
  'deploy/helm/trackly/values.yaml',
  ...['helm/trackly/templates', 'helm/trackly/examples', 'systemd', 'proxies'].flatMap((folder) =>
    readdirSync(join(ROOT, 'deploy', folder)).map((name) => `deploy/${folder}/${name}`),
  ),
];

/** What belongs to others: Node, the image of ClickHouse, Linux, Prometheus. */
const OF_OTHERS =
  /^(NODE_(ENV|EXTRA_CA_CERTS)|OT_CONTAINER|CLICKHOUSE_(USER|PASSWORD)|(CAP|AF)_\w+|HTTP_1|[A-Z0-9]+_SHA256)$/;

/** Words of capitals with an underscore, in comments too: settings, unless they belong to others. */
const namesIn = (text: string): string[] => [...new Set(text.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g))];

const known = new Set(
  [...read('src/config.ts').matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)].map(([, name]) => name),
);

it('finds the settings', () => {
  expect(known.size).toBeGreaterThan(25);
  expect(namesIn(read('deploy/compose.yaml'))).toContain('REDIS_URL');
});

it.each(FILES)('%s names settings that there are', (file) => {
  expect(namesIn(read(file)).filter((name) => !known.has(name) && !OF_OTHERS.test(name))).toEqual([]);
});
