/**
 * The files of the web page, as the API serves them: read once at the start, TypeScript stripped to what a browser
 * runs, each compressed once. A file is known by its content, so that a browser keeps it until it changes.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const APP = join(import.meta.dirname, 'app');
const require = createRequire(import.meta.url);
const TYPES: Record<string, string> = {
  '.ts': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Packages that run in the browser, by the names that the page imports them under. */
const PACKAGES: Record<string, string> = {
  preact: 'dist/preact.mjs',
  'preact/hooks': 'dist/hooks.mjs',
  uplot: 'dist/uPlot.esm.js',
};
const STYLES: Record<string, string> = { 'uplot.css': 'uplot/dist/uPlot.min.css' };
/**
 * Best compression takes a second at the start for 240 kB, and the same quality with a window of 4 MB takes 0.7 s, for
 * memory that files of this size don't use. This takes 15 ms and is 9 % larger than the best.
 */
const BROTLI = {
  [constants.BROTLI_PARAM_QUALITY]: 9,
  [constants.BROTLI_PARAM_LGWIN]: 16,
} as const;

export interface Asset {
  type: string;
  etag: string;
  bytes: { identity: Buffer; gzip: Buffer; br: Buffer };
}

export interface Assets {
  /** By path below /assets/. */
  files: ReadonlyMap<string, Asset>;
  /** What `import 'preact'` means to the browser, as JSON. */
  import_map: string;
}

/** Throws where a package is not installed. */
export function readAssets(): Assets {
  const files = new Map<string, Asset>();
  for (const name of readdirSync(APP, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const text = readFileSync(join(APP, name), 'utf8');
    files.set(name, assetOf(type, name.endsWith('.ts') ? stripTypeScriptTypes(text) : text));
  }
  const imports: Record<string, string> = {};
  for (const [name, file] of Object.entries(PACKAGES)) {
    const path = join(dirname(require.resolve(`${name}/package.json`)), file);
    const served = `packages/${name.replace('/', '-')}.mjs`;
    files.set(
      served,
      assetOf(TYPES['.mjs'] as string, readFileSync(path, 'utf8').replace(/^\/\/# source.*$/m, '')),
    );
    imports[name] = `/assets/${served}`;
  }
  for (const [name, file] of Object.entries(STYLES)) {
    const [folder = '', ...rest] = file.split('/');
    const path = join(dirname(require.resolve(`${folder}/package.json`)), ...rest);
    files.set(`packages/${name}`, assetOf(TYPES['.css'] as string, readFileSync(path, 'utf8')));
  }
  return { files, import_map: JSON.stringify({ imports }) };
}

function assetOf(type: string, text: string): Asset {
  const identity = Buffer.from(text);
  return {
    type,
    etag: `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
    bytes: {
      identity,
      gzip: gzipSync(identity),
      br: brotliCompressSync(identity, { params: BROTLI }),
    },
  };
}
