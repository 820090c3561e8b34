/** Documents lead where they say they lead: files, anchors, the index; and the README stays short. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import {
  anchorsOf,
  blocksOf,
  GUIDES,
  linksOf,
  markdownIn,
  ROOT,
  readDocument,
  readingOrder,
} from '../../support/documents.ts';

const README_BYTES_MAX = 12_000;
const GUIDE_BYTES_MAX = 12_000;
const DOCUMENTS = [
  'README.md',
  ...['.github', 'bench', 'deploy', GUIDES].flatMap((folder) => markdownIn(folder)),
];

/** What is wrong with a link, or undefined. */
function deadLink(file: string, href: string): string | undefined {
  // The second is a page that the running system makes; guides.test.ts opens it.
  if (/^https?:/.test(href) || href === '/guides/record-of-processing') return undefined;
  const [path = '', anchor] = href.split('#');
  const target = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(ROOT, target))) return `${file}: ${href} leads to nothing`;
  if (anchor === undefined || anchorsOf(readDocument(target)).includes(anchor)) return undefined;
  return `${file}: ${href} names no heading of ${target}`;
}

it('finds the documents and their links', () => {
  expect(DOCUMENTS.length).toBeGreaterThan(30);
  expect(DOCUMENTS.flatMap((file) => linksOf(readDocument(file))).length).toBeGreaterThan(100);
});

it.each(DOCUMENTS)('%s has no dead link', (file) => {
  expect(linksOf(readDocument(file)).flatMap((href) => deadLink(file, href) ?? [])).toEqual([]);
});

it('sees a dead link where there is one', () => {
  expect(deadLink('README.md', 'src/guides/nowhere.md')).toContain('leads to nothing');
  expect(deadLink('README.md', 'src/guides/bots.md#nowhere')).toContain('names no heading');
  expect(deadLink('README.md', '#first-example')).toBeUndefined();
});

it('names every guide in the index', () => {
  expect(readingOrder().slice(1).toSorted()).toEqual(markdownIn(GUIDES));
});

it('keeps the README and each guide short enough to read', () => {
  expect(Buffer.byteLength(readDocument('README.md'))).toBeLessThanOrEqual(README_BYTES_MAX);
  const long = markdownIn(GUIDES).filter((file) => Buffer.byteLength(readDocument(file)) > GUIDE_BYTES_MAX);
  expect(long).toEqual([]);
});

it('has no block in a language that no test knows', () => {
  // sh, sql and json are run or parsed by test/integration/guides.test.ts, example is run by money-rules.test.ts, bash by
  // `npm run drills -- guide`, js by webhooks.test.ts; the others are only shown.
  const known = ['sh', 'bash', 'js', 'sql', 'json', 'example', 'text', 'ts', 'html'];
  const strange = readingOrder().flatMap((file) =>
    blocksOf(file).flatMap(({ language }) => (known.includes(language) ? [] : `${file}: ${language}`)),
  );
  expect(strange).toEqual([]);
});
