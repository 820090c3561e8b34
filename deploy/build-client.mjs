/**
 * Makes the package of the client (src/client/package.json) from its source: one JavaScript file that imports nothing,
 * and its declarations. They are committed, so that the package can be installed from the repository as it is. Part of
 * `npm run client`; test/unit/client/package.test.ts holds that they are what this makes.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLIENT = join(ROOT, 'src/client');
const HEAD = (what, source) =>
  `/** ${what}, made of ${source} by \`npm run client\`: change that instead. */\n`;
const bin = (name) => join(ROOT, 'node_modules/.bin', name);

/** The files by their names, as they belong into src/client. */
export async function buildClient() {
  const files = { 'client.js': await bundle(), ...declarations() };
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, formatted(name, text)]));
}

async function bundle() {
  const { build } = await import('vite');
  const [made] = await build({
    root: CLIENT,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: join(CLIENT, 'client.ts'), formats: ['es'] },
    },
  });
  const { code, imports } = made.output[0];
  if (imports.length > 0) throw new Error(`the client may import nothing, not ${imports.join(', ')}`);
  return HEAD('The client as one file', 'client.ts') + code.replace(/^\/\/#(?:end)?region.*\n/gm, '');
}

/** What others write against: without what is only for the other files of the client. */
function declarations() {
  const folder = fs.mkdtempSync(join(tmpdir(), 'trackly-client-'));
  try {
    const config = join(folder, 'tsconfig.json');
    const options = {
      ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, stripInternal: true },
      ...{ rootDir: join(ROOT, 'src'), outDir: folder, typeRoots: [join(ROOT, 'node_modules/@types')] },
    };
    const text = { extends: join(ROOT, 'tsconfig.json'), compilerOptions: options };
    fs.writeFileSync(config, JSON.stringify({ ...text, include: [join(CLIENT, 'client.ts')], exclude: [] }));
    execFileSync(process.execPath, [bin('tsc'), '-p', config], { cwd: ROOT, encoding: 'utf8' });
    return Object.fromEntries(
      ['client.d.ts', 'errors.d.ts'].map((name) => {
        const made = fs.readFileSync(join(folder, 'client', name), 'utf8');
        const head = HEAD('What there is to import', name.replace('.d.', '.'));
        return [name, head + made.replaceAll("'./errors.ts'", "'./errors.js'")];
      }),
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const formatted = (name, input) =>
  execFileSync(bin('biome'), ['check', '--write', `--stdin-file-path=src/client/${name}`], {
    ...{ cwd: ROOT, input, encoding: 'utf8' },
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await buildClient())) fs.writeFileSync(join(CLIENT, name), text);
}
