/** What the set-up has built: how large each part may be, and that a page loads its own part only. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { consoleReady } from '../../../deploy/build-console.mjs';
import { openAssets } from '../../../src/dashboard/assets.ts';
import { shellOf } from '../../../src/dashboard/shell.ts';

const BUILT = join(import.meta.dirname, '../../../src/dashboard/built');
const KB = 1_000;
/** Everything up to the drawn chart, compressed. */
const FIRST_VIEW_BYTES_MAX = 100 * KB;
/**
 * Compressed, by the name of the chunk; what is not named here is a page or a small part. Room for about a quarter more
 * than today: who needs more, finds out what grew before the number.
 */
const BYTES_MAX: Record<string, number> = {
  libraries: 25 * KB, // Preact and TanStack Query
  plot: 25 * KB, // uPlot
  DialogTitle: 19 * KB, // Base UI's dialog
  form: 13 * KB, // Base UI's fields
  shared: 14 * KB,
  app: 8 * KB, // the frame, and what leads to every page
  en: 11 * KB,
  'en-pages': 16 * KB,
  de: 12 * KB,
  'de-pages': 17.5 * KB,
  figures: 8 * KB, // cards, funnel, filters and chart of a range
  'world-map': 15 * KB, // outlines of all countries
  audience: 6 * KB, // the builder of rules
  toasts: 8 * KB, // Base UI's toast
};
const PART_BYTES_MAX = 5 * KB;
/** Of what a page looks like; the first is that of all pages. */
const STYLE_BYTES_MAX = 6 * KB;
const PAGES =
  'account annotations audience audiences audit bot-rules bots change choose-account clicks cohorts compare create domain domains entity explore exports finance health imports inspector invitation keys list live members operate overview postbacks reconcile security send-times shared shorten sign-in start subscription trace unattributed view views webhook webhooks'.split(
    ' ',
  );

interface Chunk {
  file: string;
  name?: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}

const chunks = JSON.parse(readFileSync(join(BUILT, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
const bytesOf = (file: string): number => statSync(join(BUILT, `${file}.gz`)).size;

/** The build looks whether these have changed. */
it('is made of its own sources and of the rules that the build knows of', () => {
  const app = join(import.meta.dirname, '../../../src/dashboard/app');
  const others = readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) =>
      [
        ...readFileSync(join(app, name), 'utf8').matchAll(
          /^import (?!type )[^;]*from '((?:\.\.\/)+(?:catalog|messages|[a-z]+)\/[^']+)'/gm,
        ),
      ]
        .map(([, path = '']) => join(dirname(join(app, name)), path))
        .filter((path) => !path.startsWith(app)),
    );
  const built_of = readFileSync(join(import.meta.dirname, '../../../deploy/build-console.mjs'), 'utf8');
  const root = join(import.meta.dirname, '../../..');
  expect(others.length).toBeGreaterThan(0);
  for (const path of others) expect(built_of).toContain(`'${relative(root, path)}'`);
});

/** All files that a module needs before it runs. */
function filesOf(name: string, found = new Set<string>()): Set<string> {
  const chunk = chunks[name];
  if (chunk === undefined) throw new Error(`not built: ${name}`);
  if (found.has(chunk.file)) return found;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(file);
  for (const other of chunk.imports ?? []) filesOf(other, found);
  return found;
}

const sum = (files: Iterable<string>): number => [...files].reduce((bytes, file) => bytes + bytesOf(file), 0);

it('is of these sources (else: node deploy/build-console.mjs)', () => {
  expect(consoleReady()).toBe(true);
});

describe('sizes', () => {
  it('the first view, with its chart, is below 100 kB', () => {
    const files = new Set(
      ['main.ts', 'strings/en.ts', 'app.tsx', 'pages/overview.tsx', 'parts/plot.ts'].flatMap((name) => [
        ...filesOf(name),
      ]),
    );
    expect(sum(files)).toBeGreaterThan(20 * KB);
    expect(sum(files)).toBeLessThan(FIRST_VIEW_BYTES_MAX);
  });

  it.each(Object.values(chunks).map((chunk) => [chunk.name ?? chunk.file, chunk] as const))(
    '%s is within its budget',
    (name, { file, css = [] }) => {
      const bytes = bytesOf(file);
      expect(bytes, `${file}: ${bytes} bytes`).toBeLessThan(BYTES_MAX[name] ?? PART_BYTES_MAX);
      for (const sheet of css) expect(bytesOf(sheet)).toBeLessThan(STYLE_BYTES_MAX);
    },
  );
});

it.each(PAGES)('%s is a part of its own, without another page', (page) => {
  const files = filesOf(`pages/${page}.tsx`);
  const others = PAGES.filter((other) => other !== page).map((other) => chunks[`pages/${other}.tsx`]?.file);
  expect([...files].filter((file) => others.includes(file))).toEqual([]);
});

it('the entry loads nothing that reads words before they are there', () => {
  const names = [...filesOf('main.ts')].map((file) => file.replace(/-[\w-]{8}\.\w+$/, ''));
  expect(new Set(names)).toEqual(new Set(['main', 'start']));
});

it('serves every file compressed, under a name that changes with it', () => {
  const assets = openAssets();
  const names = readdirSync(BUILT).filter((name) => /\.(js|css|svg)$/.test(name));
  for (const name of names) {
    const asset = assets.file(name);
    expect(asset?.hashed, name).toBe(name !== 'icon.svg');
    expect(asset?.bytes.br.length).toBeLessThan(asset?.bytes.identity.length ?? 0);
  }
  expect(assets.file('manifest.json')).toBeUndefined();
  expect(assets.file('../assets.ts')).toBeUndefined();
});

it('the document has nothing inline, and names what the first view needs', () => {
  const parts = openAssets().parts;
  if (parts === undefined) throw new Error('not built');
  const html = shellOf(parts);
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son\w+=|https?:/);
  for (const name of [parts.script, ...parts.styles, ...parts.soon])
    expect(html).toContain(`/assets/${name}"`);
  expect(parts.soon.length).toBeGreaterThan(2);
});

it('without a build there is no document, and nothing breaks', () => {
  const assets = openAssets(join(BUILT, 'nothing-here'));
  expect([assets.parts, assets.file('main.js')]).toEqual([undefined, undefined]);
});
