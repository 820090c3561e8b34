/**
 * Loaded first in every process (`--import`): caches what Node derives from each file when it loads it, JavaScript from
 * TypeScript and compiled code, so that the next process of this checkout starts with half the processor time. The
 * cache is under node_modules/.cache, with one file for each source file, which is replaced when the source has
 * changed. If nothing can be written, processes start without it. An entry that has a bundle of today's files
 * (build-roles.mjs) is replaced by it: half the time again.
 */
import * as fs from 'node:fs';
import { enableCompileCache, flushCompileCache, registerHooks, stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUNDLED, bundleFile, readBundle } from './bundles.mjs';

/** Compiled code is written when a process ends; by then also for one that will be killed. */
const WRITE_AFTER_MS = 5_000;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/trackly/code', process.version);

enableCompileCache(join(CACHE, 'compiled'));
setTimeout(flushCompileCache, WRITE_AFTER_MS).unref();

/** The bundle that replaces the entry: its address, so that errors say where they come from, and its code. */
let bundle;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const found = nextResolve(specifier, context);
    if (context.parentURL !== undefined) return found;
    const entry = BUNDLED.find((path) => found.url === pathToFileURL(join(ROOT, path)).href);
    const source = entry && readBundle(ROOT, entry);
    if (source === undefined) return found;
    bundle = { url: pathToFileURL(bundleFile(ROOT, entry)).href, source };
    return { url: bundle.url, format: 'module', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    if (url === bundle?.url) return { format: 'module', source: bundle.source, shortCircuit: true };
    if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/')) {
      return nextLoad(url, context);
    }
    return { format: 'module', source: javascriptOf(fileURLToPath(url)), shortCircuit: true };
  },
});

/** The file without its types; the first line of the cached text identifies the version of the file. */
function javascriptOf(path) {
  const { mtimeMs, size } = fs.statSync(path);
  const state = `// ${mtimeMs} ${size}\n`;
  const kept = join(CACHE, `${relative(ROOT, path)}.js`);
  try {
    const text = fs.readFileSync(kept, 'utf8');
    if (text.startsWith(state)) return text.slice(state.length);
  } catch {
    // Not cached yet.
  }
  const source = stripTypeScriptTypes(fs.readFileSync(path, 'utf8'), { sourceUrl: path });
  try {
    const part = `${kept}.${process.pid}`;
    fs.mkdirSync(dirname(kept), { recursive: true });
    fs.writeFileSync(part, state + source);
    fs.renameSync(part, kept);
  } catch {
    // The folder is read-only; the next process does the work again.
  }
  return source;
}
