/**
 * Loaded before everything else of a process (`--import`): keeps what Node makes of each file when it loads it, JavaScript
 * of TypeScript and compiled code, so that the next process of this checkout starts with half the processor time.
 * Under node_modules/.cache, one file a source file, made anew when that has changed; where nothing can be
 * written, processes start as they would without.
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

/** The file without its types; its first line says which state of the file that is. */
function javascriptOf(path) {
  const { mtimeMs, size } = fs.statSync(path);
  const state = `// ${mtimeMs} ${size}\n`;
  const kept = join(CACHE, `${relative(ROOT, path)}.js`);
  try {
    const text = fs.readFileSync(kept, 'utf8');
    if (text.startsWith(state)) return text.slice(state.length);
  } catch {
    // Not kept yet.
  }
  const source = stripTypeScriptTypes(fs.readFileSync(path, 'utf8'), { sourceUrl: path });
  try {
    const part = `${kept}.${process.pid}`;
    fs.mkdirSync(dirname(kept), { recursive: true });
    fs.writeFileSync(part, state + source);
    fs.renameSync(part, kept);
  } catch {
    // Read only: the next process does it again.
  }
  return source;
}
