/**
 * Bundles the entries of redirect processes, workers and the API with all that they load, each into one file: a process then
 * starts in half the time, because Node neither looks for nor links hundreds of files. Part of the set-up
 * (deploy/bootstrap.mjs), and of the image's build: `node deploy/build-roles.mjs`. deploy/quick-start.mjs loads a
 * bundle only where it is of today's files (deploy/bundles.mjs); else, and where none could be built, a process starts
 * from the sources as always. Safe to run again or twice at once.
 */
import * as fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED, bundleFile, hashOf, readBundle } from './bundles.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Packages that load files of their own when they run, or have another version of a package than others do, and so stay what they are. */
export const APART = [
  'uWebSockets.js',
  '@node-rs/argon2',
  'ffi-rs',
  '@fastify/swagger-ui',
  '@fastify/compress',
];
/** What makes a bundle: a change of it makes others. */
const MAKERS = ['deploy/build-roles.mjs', 'deploy/bundles.mjs'];
const PACKAGE = /^(?:@[\w-]+\/)?[\w-]+/;
const OWN_PLACE = /import\.meta\.(url|dirname|filename)\b/g;

/** Whether each role has a bundle of today's files, or can't have one: an image has the bundles and no bundler. */
export function rolesReady() {
  if (!fs.existsSync(join(ROOT, 'node_modules/rolldown'))) return true;
  return BUNDLED.every((entry) => readBundle(ROOT, entry) !== undefined);
}

/** A module asks where it is: in a bundle the answer is the same, wherever the checkout is. */
const placesOfModules = {
  name: 'places-of-modules',
  transform(code, id) {
    if (!code.includes('import.meta')) return undefined;
    const path = JSON.stringify(relative(ROOT, id));
    const folder = JSON.stringify(dirname(relative(ROOT, id)));
    const answers = { url: `$url(${path})`, dirname: `$path(${folder})`, filename: `$path(${path})` };
    return { code: code.replace(OWN_PLACE, (_all, what) => answers[what]), map: null };
  },
};

/** What is loaded only when it is needed, like the client of certificate authorities, is in no bundle. */
const packagesOnDemand = {
  name: 'packages-on-demand',
  resolveDynamicImport: (id) => (PACKAGE.test(id) ? { id, external: true } : undefined),
};

/** Node keeps a text of ASCII in half the memory, and reads it in a sixth of the time. */
function inAscii(code) {
  // An escape would mean something else here.
  if (/\\[^\0-\x7f]|String\.raw`[^`]*[^\0-\x7f]/.test(code))
    throw new Error('an escape of a letter that is not ASCII');
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const PLACES = `import { fileURLToPath as $pathOf } from 'node:url';
const $url = (path) => new URL(\`../../../../\${path}\`, import.meta.url).href;
const $path = (path) => $pathOf($url(path));`;

/** The files that a bundle was made of: our own, and the versions of packages. */
function filesOf(modules) {
  const files = new Set();
  for (const id of modules) {
    if (!fs.existsSync(id)) continue; // a module of the bundler
    const path = relative(ROOT, id);
    const name = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
    files.add(name === undefined ? path : `${name}/package.json`);
  }
  return [...files].sort();
}

/** Packages that only set-up and tests have: others load them where they find them. */
function unshipped() {
  const { packages } = JSON.parse(fs.readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  return Object.entries(packages).flatMap(([path, { dev }]) =>
    dev === true && path.lastIndexOf('node_modules/') === 0 ? [path.slice('node_modules/'.length)] : [],
  );
}

async function bundle(entry) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: join(ROOT, entry),
    platform: 'node',
    external: [...APART, ...unshipped()],
    plugins: [placesOfModules, packagesOnDemand],
    logLevel: 'silent',
  });
  const { output } = await build.generate({
    format: 'esm',
    codeSplitting: false,
    comments: false,
    banner: PLACES,
  });
  await build.close();
  const [{ code, moduleIds }] = output;
  // Another way to bundle makes another bundle.
  const files = [...MAKERS, ...filesOf(moduleIds)];
  const head = JSON.stringify({ files, hash: hashOf(ROOT, files) });
  const path = bundleFile(ROOT, entry);
  const part = `${path}.${process.pid}`;
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(part, `// ${head}\n${inAscii(code)}`);
  fs.renameSync(part, path);
}

async function buildRoles() {
  for (const entry of BUNDLED) if (readBundle(ROOT, entry) === undefined) await bundle(entry);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildRoles();
