/**
 * The rules of the layout, held by reading every file of src and workers: who may know whom, where each driver is at
 * home, which words belong where. No rule has an exemption.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function filesOf(ending: string): Map<string, string> {
  const names = ['src', 'workers'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ending))
      .map((file) => join(folder, file)),
  );
  return new Map(names.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

const files = new Map([...filesOf('.ts'), ...filesOf('.tsx')]);
const scripts = filesOf('.lua');

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*/g, '');

/** What each file imports or exports again: files as paths from the root, packages by name. */
const imports = new Map(
  [...files].map(([file, text]) => {
    const code = withoutComments(text);
    const found = [
      ...code.matchAll(/^(?:import|export)\b[^;'"]*?from '([^']+)'/gms),
      ...code.matchAll(/\bimport\(?\s*'([^']+)'/g),
    ].map((match) => match[1] ?? '');
    const targets = found.map((path) =>
      path.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), path)) : path,
    );
    return [file, targets] as const;
  }),
);

/** Imports of files that match `from`, of what matches `to`. */
function offenders(from: RegExp, to: RegExp): string[] {
  return [...imports].flatMap(([file, targets]) =>
    from.test(file) ? targets.filter((target) => to.test(target)).map((target) => `${file} → ${target}`) : [],
  );
}

/** Lines of the code of files that match `from`, in which `what` is found. */
function linesWith(from: RegExp, what: RegExp): string[] {
  return [...files].flatMap(([file, text]) =>
    from.test(file)
      ? withoutComments(text)
          .split('\n')
          .filter((line) => what.test(line))
          .map((line) => `${file}: ${line.trim()}`)
      : [],
  );
}

it('finds the files', () => {
  expect(files.size).toBeGreaterThan(200);
  expect(scripts.size).toBeGreaterThan(20);
  expect(imports.get('src/log/append.ts')).toContain('src/platform/script.ts');
});

/** What the lists of clicks and of conversions (process-*-batch.ts) have as steps of their own. */
const WORKER_STEPS =
  /^workers\/(clicks\/(judge|claim-first|rejudge)-clicks|conversions\/(find-credits|move-coupons))\.ts$/;

describe('imports point one way', () => {
  it.each([
    ['platform knows platform only', /^src\/platform\//, /^src\/(?!platform\/)|^workers\//],
    ['log knows platform and log only', /^src\/log\//, /^src\/(?!platform\/|log\/)|^workers\//],
    ['redirect does not import api and workers', /^src\/redirect\//, /^src\/api\/|^workers\//],
    ['api does not import redirect and workers', /^src\/api\//, /^src\/redirect\/|^workers\//],
    ['workers do not import redirect and api', /^workers\//, /^src\/(api|redirect)\//],
    [
      'what these three put together imports none of them',
      /^src\/(?!redirect\/|api\/|commands\/|main\.ts)/,
      /^src\/(redirect|api|commands|main\.ts)|^workers\//,
    ],
    ['nothing imports bench or test', /./, /^(bench|test)\//],
    ['a step of a tap imports no step', /^src\/redirect\/steps\//, /^src\/redirect\/steps\//],
    [
      'only the list of steps imports steps of a tap',
      /^(?!src\/redirect\/(?:steps\/|handle-tap\.ts))/,
      /^src\/redirect\/steps\//,
    ],
    ['a step of a batch imports no step', WORKER_STEPS, WORKER_STEPS],
    [
      'only the list of a batch imports its steps',
      /^(?!workers\/(?:clicks|conversions)\/process-)/,
      WORKER_STEPS,
    ],
    [
      'only the entry of the workers imports the list of a batch',
      /^(?!workers\/main\.ts)/,
      /^workers\/.*\/process-[a-z-]+\.ts$/,
    ],
    ['signals do not import each other', /^src\/bots\/signals\//, /^src\/bots\/signals\//],
    [
      'bot signals know no server',
      /^src\/bots\/(?!rejudgement)/,
      /^workers\/|^src\/(?!platform\/(?:text|decimal|operator-error|lru)|bots\/|clicks\/click\.ts|catalog\/definitions\.ts)/,
    ],
  ])('%s', (_rule, from, to) => {
    expect(offenders(from, to)).toEqual([]);
  });

  it('in strings as well: redirect, api and workers name no file of each other, and nobody one of bench or test', () => {
    const path = (folder: string): RegExp =>
      new RegExp(`['"\`](?:\\.{1,2}/)*(?:src/)?${folder}/[\\w./-]*\\.ts`);
    expect(linesWith(/^src\/redirect\//, path('(?:api|workers)'))).toEqual([]);
    expect(linesWith(/^src\/api\//, path('(?:redirect|workers)'))).toEqual([]);
    expect(linesWith(/^workers\//, path('(?:redirect|api)'))).toEqual([]);
    expect(linesWith(/./, path('(?:bench|test)'))).toEqual([]);
  });

  it('never in a circle', () => {
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) throw new Error([...path, file].join(' → '));
      if (done.has(file)) return;
      for (const target of imports.get(file) ?? []) if (imports.has(target)) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files.keys()) visit(file, []);
  });
});

it.each([
  ['uWebSockets.js', /^src\/redirect\//],
  ['fastify', /^src\/api\//],
  ['@fastify/swagger', /^src\/api\//],
  ['@fastify/swagger-ui', /^src\/api\//],
  ['fastify-type-provider-zod', /^src\/api\//],
  ['ffi-rs', /^src\/clickhouse\/embedded\/library\.ts$/],
  ['@clickhouse/client', /^src\/clickhouse\/client\.ts$/],
  ['ioredis', /^src\/platform\/redis\.ts$/],
  ['pino', /^src\/platform\/logger\.ts$/],
  ['prom-client', /^src\/platform\/metrics\.ts$/],
  ['@opentelemetry/api', /^src\/platform\/telemetry\//],
  ['@opentelemetry/sdk-metrics', /^src\/platform\/telemetry\//],
  ['@opentelemetry/sdk-trace', /^src\/platform\/telemetry\/tracer\.ts$/],
  ['nanoid', /^src\/platform\/random\.ts$/],
  ['bullmq', /^(?:workers\/queue|src\/platform\/queue-jobs)\.ts$/],
  ['nodemailer', /^src\/platform\/mail\.ts$/],
  ['rate-limiter-flexible', /^src\/access\/limits\//],
  ['acme-client', /^src\/domains\/certificates\//],
  ['aws4fetch', /^src\/platform\/object-store\/s3-requests\.ts$/],
  ['@modelcontextprotocol/sdk/server/mcp.js', /^src\/commands\/mcp/],
  ['age-encryption', /^src\/records\/backup\/age\.ts$/],
])('%s has one home', (driver, home) => {
  const users = [...imports].filter(([, targets]) => targets.includes(driver)).map(([file]) => file);
  expect(users.length).toBeGreaterThan(0);
  expect(users.filter((file) => !home.test(file))).toEqual([]);
});

describe('words', () => {
  const DOMAIN = new Set(
    'click link contact offer creative campaign conversion sms tap verdict judge judgement account ledger recipient advertiser coupon payout tenant shortener'.split(
      ' ',
    ),
  );

  /** Single words, of camelCase and snake_case too, in the singular. What Node and ClickHouse call theirs is left out. */
  function wordsOf(text: string): string[] {
    const of_node = [...text.matchAll(/^import \{([^}]*)\} from 'node:[^']*';$/gm)].flatMap(
      ([, names = '']) => names.split(',').map((name) => name.trim()),
    );
    const own = text
      .replace(/ClickHouse/g, '')
      .replace(/[A-Za-z_$][\w$]*/g, (name) => (of_node.includes(name) ? '' : name));
    const words = own.replace(/([a-z0-9])([A-Z])/g, '$1 $2').match(/[A-Za-z]+/g) ?? [];
    return words.map((word) => word.toLowerCase()).flatMap((word) => [word, word.replace(/s$/, '')]);
  }

  it.each(['src/platform/', 'src/log/'])(
    '%s uses none of the domain, in comments, strings and names',
    (folder) => {
      const found = [...files, ...scripts].flatMap(([file, text]) =>
        file.startsWith(folder)
          ? wordsOf(text).flatMap((word) => (DOMAIN.has(word) ? [`${file}: ${word}`] : []))
          : [],
      );
      expect(found).toEqual([]);
    },
  );
});

describe('files', () => {
  it('open with what they are for', () => {
    expect([...files].flatMap(([file, text]) => (text.startsWith('/**') ? [] : [file]))).toEqual([]);
  });

  it('are no barrels: none exports only what others have, or all of another', () => {
    const barrels = [...files].filter(([, text]) => {
      const code = withoutComments(text);
      const others = /^export (?:type )?(?:\*|\{[^}]*\}) from/m.test(code);
      const own = code.replace(/^(?:import|export (?:type )?(?:\*|\{[^}]*\}))[^;]*;/gm, '').trim() !== '';
      return /^export (?:type )?\*/m.test(code) || (others && !own);
    });
    expect(barrels.map(([file]) => file)).toEqual([]);
  });

  it('are named for what they hold: none is for utilities', () => {
    expect(
      [...files.keys()].filter((file) =>
        /(?:^|\/)(?:utils?|helpers?|common|misc|index)(?:\/|\.ts$)/.test(file),
      ),
    ).toEqual([]);
  });

  it('are kebab-case', () => {
    expect([...files.keys(), ...scripts.keys()].filter((file) => /[A-Z_]/.test(file))).toEqual([]);
  });
});

describe('what a test must own', () => {
  it('the environment is read in one file only', () => {
    expect(
      [...files].flatMap(([file, text]) => (/process\.env\b/.test(withoutComments(text)) ? [file] : [])),
    ).toEqual(['src/config.ts']);
  });

  it('promises of a timer, and random bytes, are made in platform only', () => {
    const of_others = [...files].filter(([file]) => !file.startsWith('src/platform/'));
    const timers = of_others.filter(([, text]) =>
      /new Promise\b[^;]{0,120}setTimeout|timers\/promises/.test(text),
    );
    const random = of_others.filter(([, text]) =>
      /Math\.random|\brandom(?:Bytes|UUID|Int|FillSync)\b|getRandomValues/.test(withoutComments(text)),
    );
    expect([...timers, ...random].map(([file]) => file)).toEqual([]);
  });

  it('no module has a variable: what it is told is passed', () => {
    expect(linesWith(/./, /^(?:export )?(?:let|var) /)).toEqual([]);
  });
});

describe('Lua scripts', () => {
  it('stand in files: no TypeScript calls Redis from a string', () => {
    expect([...files].flatMap(([file, text]) => (text.includes('redis.call(') ? [file] : []))).toEqual([]);
  });

  it.each([...scripts])('%s heads with KEYS, ARGV and Result', (file, text) => {
    expect(dirname(file)).toMatch(/\/lua$/);
    const [head = ''] = /^--\[\[\n[\s\S]*?\n\]\]\n/.exec(text) ?? [];
    expect(head.match(/^ {2}(?:KEYS|ARGV|Result) +\S/gm)?.map((line) => line.trim().split(' ')[0])).toEqual([
      'KEYS',
      'ARGV',
      'Result',
    ]);
  });

  it('are each run or included by somebody', () => {
    const used = [...files, ...scripts].flatMap(([file, text]) => [
      ...[...text.matchAll(/new URL\('(\.\/lua\/[\w-]+\.lua)', import\.meta\.url\)/g)].map((m) =>
        join(dirname(file), m[1] ?? ''),
      ),
      ...[...text.matchAll(/^--- @include "([^"]+)"$/gm)].map((m) => join(dirname(file), `${m[1]}.lua`)),
    ]);
    expect([...scripts.keys()].filter((file) => !used.includes(file))).toEqual([]);
    expect(used.filter((file) => !scripts.has(file))).toEqual([]);
  });
});
