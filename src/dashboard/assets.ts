/**
 * The files of the web page that the API serves: listed at the start; each is read, stripped of its types and
 * compressed when it is asked for first, so that a start without a browser does not wait for them. The ETag of a file
 * depends on its content, so that a browser keeps it until it changes.
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
/** Packages that run in the browser, by the names under which the page imports them. */
const PACKAGES: Record<string, string> = {
  preact: 'dist/preact.mjs',
  'preact/hooks': 'dist/hooks.mjs',
  uplot: 'dist/uPlot.esm.js',
};
const STYLES: Record<string, string> = { 'uplot.css': 'uplot/dist/uPlot.min.css' };
/**
 * The best compression takes a second at the start for 240 kB; the same quality with a window of 4 MB takes 0.7 s, for
 * a window that files of this size do not use. This quality takes 15 ms, and files are 9 % larger than with the best.
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
  /** By path below /assets/; undefined if there is no such file. */
  file(path: string): Asset | undefined;
  /** The import map, as JSON: the URLs of packages such as 'preact'. */
  import_map: string;
}

interface Source {
  type: string;
  read(): string;
}

/** Throws if a package is not installed. */
export function openAssets(): Assets {
  const sources = new Map<string, Source>();
  for (const name of readdirSync(APP, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const text = (): string => readFileSync(join(APP, name), 'utf8');
    sources.set(name, { type, read: name.endsWith('.ts') ? () => stripTypeScriptTypes(text()) : text });
  }
  const imports: Record<string, string> = {};
  for (const [name, file] of Object.entries(PACKAGES)) {
    const path = join(dirname(require.resolve(`${name}/package.json`)), file);
    const served = `packages/${name.replace('/', '-')}.mjs`;
    sources.set(served, {
      type: TYPES['.mjs'] as string,
      read: () => readFileSync(path, 'utf8').replace(/^\/\/# source.*$/m, ''),
    });
    imports[name] = `/assets/${served}`;
  }
  for (const [name, file] of Object.entries(STYLES)) {
    const [folder = '', ...rest] = file.split('/');
    const path = join(dirname(require.resolve(`${folder}/package.json`)), ...rest);
    sources.set(`packages/${name}`, {
      type: TYPES['.css'] as string,
      read: () => readFileSync(path, 'utf8'),
    });
  }
  const made = new Map<string, Asset>();
  return {
    file(path) {
      const source = sources.get(path);
      if (source === undefined) return undefined;
      const asset = made.get(path) ?? assetOf(source.type, source.read());
      made.set(path, asset);
      return asset;
    },
    import_map: JSON.stringify({ imports }),
  };
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
