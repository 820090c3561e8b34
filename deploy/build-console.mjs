/**
 * Builds the console (src/dashboard/app) with Vite into src/dashboard/built: hashed files, each also compressed, and
 * Vite's manifest. Part of the set-up (deploy/bootstrap.mjs), and of the image's build: `node deploy/build-console.mjs`.
 * What is built carries the hash of what it was built from, so a second start builds nothing. It needs the packages and
 * no network. The folder is replaced in one step: who serves the old one has read it whole.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const APP = join(ROOT, 'src/dashboard/app');
const BUILT = join(ROOT, 'src/dashboard/built');
/**
 * What the console shares with the API: the grammar of placeholders, how addresses are made, the points of a chart, the
 * cells of a CSV, a pause.
 */
const SHARED_RULES = [
  'src/catalog/placeholders.ts',
  'src/messages/render-message.ts',
  'src/client/address.ts',
  'src/reports/experiments/hopeless.ts',
  'src/reports/grains.ts',
  'src/platform/csv-cells.ts',
  'src/platform/sleep.ts',
];
const STAMP = join(BUILT, '.built-from');

/**
 * Beside a chunk a page: what the entry needs before any words are there, apart from what reads them when it loads; the
 * libraries of every page, which an update of the console leaves in the browser's cache; and the parts that most pages
 * share, in one file instead of a dozen.
 */
const CHUNKS = [
  { name: 'start', test: /preload-helper|dashboard\/app\/(theme|strings\/strings)\.ts/, priority: 3 },
  { name: 'libraries', test: /node_modules\/(preact|@tanstack)\//, priority: 2 },
  {
    name: 'shared',
    test: /dashboard\/app\/(?!main|app\.tsx|routes|marks|series|offer-rules|lines|use-settled|shades|parts\/(form|heat|edit-form|parameter-fields|confirm|operator-act|money-tabs|picker|plain-fields|annotated|cards|chart|chart-options|figures|funnel|marks|slices|timeline))/,
    minShareCount: 4,
    priority: 1,
  },
  // What draws the figures of a range; pages without a chart do not load it.
  {
    name: 'figures',
    test: /dashboard\/app\/(marks|series|parts\/(annotated|cards|chart|chart-options|figures|funnel|marks|slices|timeline))\./,
  },
];

/** What the built files depend on: the sources, the packages, and this file. */
function sourceHash() {
  const hash = createHash('sha256');
  const names = fs.readdirSync(APP, { recursive: true, encoding: 'utf8' }).sort();
  const files = [
    ...names.map((name) => join(APP, name)),
    ...SHARED_RULES.map((file) => join(ROOT, file)),
    join(ROOT, 'package-lock.json'),
    join(ROOT, 'deploy/world-map.mjs'),
    fileURLToPath(import.meta.url),
  ];
  for (const file of files)
    if (fs.statSync(file).isFile())
      hash.update(file.slice(ROOT.length)).update('\0').update(fs.readFileSync(file));
  return hash.digest('hex');
}

/** Whether what is built is of today's sources; an image may have the built files only. */
export function consoleReady() {
  if (!fs.existsSync(APP)) return fs.existsSync(STAMP);
  try {
    return fs.readFileSync(STAMP, 'utf8') === sourceHash();
  } catch {
    return false;
  }
}

/** A module that is made here: the outlines of countries, as paths. */
const WORLD_MAP = 'virtual:world-map';
const worldMapModule = {
  name: 'world-map',
  resolveId: (id) => (id === WORLD_MAP ? id : undefined),
  load: async (id) => {
    if (id !== WORLD_MAP) return undefined;
    const { worldMap } = await import('./world-map.mjs');
    return `export default ${JSON.stringify(worldMap())}`;
  },
};

async function buildConsole() {
  const { build } = await import('vite');
  const hash = sourceHash();
  const part = `${BUILT}.${process.pid}`;
  await build({
    root: APP,
    configFile: false,
    logLevel: 'error',
    base: '/assets/',
    publicDir: false,
    plugins: [worldMapModule],
    resolve: {
      // Written for React, built with Preact: 57 kB less in the first view. Without these lines it is React.
      alias: [
        { find: /^react(-dom)?$/, replacement: 'preact/compat' },
        { find: 'react-dom/client', replacement: 'preact/compat/client' },
        { find: /^react\/jsx-(dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
        { find: /^use-sync-external-store\/shim(\/index\.js)?$/, replacement: 'preact/compat' },
      ],
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: part,
      emptyOutDir: true,
      assetsDir: '',
      // The name of Vite's file that says what each entry needs; src/dashboard/assets.ts reads it.
      manifest: 'manifest.json',
      target: ['chrome123', 'firefox120', 'safari17.5'],
      // The policy allows no data: scripts, styles or fonts, and one file less is not worth another rule.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(APP, 'main.ts'),
        output: { codeSplitting: { groups: CHUNKS } },
      },
    },
  });
  fs.copyFileSync(join(APP, 'icon.svg'), join(part, 'icon.svg'));
  for (const name of fs.readdirSync(part)) if (/\.(js|css|svg)$/.test(name)) compress(join(part, name));
  fs.writeFileSync(join(part, '.built-from'), hash);
  const old = `${part}.old`;
  if (fs.existsSync(BUILT)) fs.renameSync(BUILT, old);
  fs.renameSync(part, BUILT);
  fs.rmSync(old, { recursive: true, force: true });
}

/** Once here, so that no process does it again: the best that there is takes a second for all files. */
function compress(file) {
  const bytes = fs.readFileSync(file);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  fs.writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  fs.writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !consoleReady()) await buildConsole();
