/** The layout's rules, held by reading the imports: who may know whom, and that nobody goes in circles. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const files = ['src', 'workers'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

const imports = new Map(
  files.map((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const found = [...text.matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gms)].map(
      (match) => match[1] ?? '',
    );
    return [
      file,
      found.map((path) => (path.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), path)) : path)),
    ] as const;
  }),
);

function offenders(from: RegExp, to: RegExp): string[] {
  return [...imports].flatMap(([file, targets]) =>
    from.test(file) ? targets.filter((target) => to.test(target)).map((target) => `${file} → ${target}`) : [],
  );
}

it('finds the files', () => {
  expect(files.length).toBeGreaterThan(50);
});

it.each([
  ['platform knows no domain', /^src\/platform\//, /^src\/(?!platform\/|config\.ts)|^workers\//],
  ['redirect, api and workers never import each other', /^src\/redirect\//, /^src\/api\/|^workers\//],
  ['… api', /^src\/api\//, /^src\/redirect\/|^workers\//],
  ['… workers', /^workers\//, /^src\/(api|redirect)\//],
  ['nothing imports bench or test', /./, /^(bench|test)\//],
  ['uWebSockets.js is at home in redirect', /^(?!src\/redirect\/)/, /^uWebSockets\.js$/],
  ['ioredis is at home in platform', /^(?!src\/platform\/)/, /^ioredis$/],
  [
    'ffi is at home in the library of the embedded server',
    /^(?!src\/clickhouse\/embedded\/library\.ts)/,
    /^ffi-rs$/,
  ],
  ['bullmq is at home in the queues', /^(?!workers\/queue\.ts)/, /^bullmq$/],
  ['signals do not import each other', /^src\/bots\/signals\//, /^src\/bots\/signals\//],
  [
    'bot signals know no server',
    /^src\/bots\/(?!rejudgement)/,
    /^workers\/|^src\/(?!platform\/(?:text|decimal)|bots\/|clicks\/click\.ts|catalog\/definitions\.ts)/,
  ],
])('%s', (_rule, from, to) => {
  expect(offenders(from, to)).toEqual([]);
});

it('has no import cycle', () => {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) throw new Error([...path, file].join(' → '));
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) if (imports.has(target)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

it('reads the environment in one file only', () => {
  const readers = files.filter((file) => /process\.env\b/.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(readers.filter((file) => !/^src\/(config|main)\.ts$|^src\/supervisor\//.test(file))).toEqual([]);
});

it('opens every file with what it is for', () => {
  expect(files.filter((file) => !readFileSync(join(ROOT, file), 'utf8').startsWith('/**'))).toEqual([]);
});
