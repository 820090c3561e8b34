/**
 * Loaded first in every process (`--import`): caches what Node derives from each file when it loads it, JavaScript from
 * TypeScript and compiled code, so that the next process of this checkout starts with half the processor time. The
 * cache is under node_modules/.cache, with one file for each source file, which is replaced when the source has
 * changed. If nothing can be written, processes start without it.
 */
import * as fs from 'node:fs';
import { enableCompileCache, registerHooks, stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/trackly/code', process.version);

enableCompileCache(join(CACHE, 'compiled'));

registerHooks({
  load(url, context, nextLoad) {
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
