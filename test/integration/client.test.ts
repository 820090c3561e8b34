/**
 * The client as a sender's developer has it: packed and installed into an empty folder, and over a network that breaks.
 * What the compiler checks of it is in openapi.test.ts.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrackly, type RetryNote, type Trackly } from '../../src/client/client.ts';
import { ROWS_AHEAD_MAX } from '../../src/client/unanswered-rows.ts';
import { type BadNetwork, badNetwork } from '../support/cut-connections.ts';
import { createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let system: System;
let sender: Sender;
let network: BadNetwork;
/** Over the network that breaks, and beside it. */
let trackly: Trackly;
let direct: Trackly;
let phones: Phones;
let creative_id: string;
const notes: RetryNote[] = [];

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  network = await badNetwork(system.api_url);
  trackly = createTrackly({
    url: network.url,
    api_key: sender.api_key,
    on_retry: (note) => notes.push(note),
  });
  direct = createTrackly({ url: system.api_url, api_key: sender.api_key });
  phones = createPhones(system.redirect_url, 1);
  const { offer_id } = await trackly.post('/v2/offers', {
    body: { name: 'Shoes', destination_url: 'https://shop.example/?c={{click_id}}', payout_type: 'cpa' },
  });
  ({ creative_id } = await trackly.post('/v2/creatives', {
    body: { name: 'Hello', body: 'Look: {{link1}}', offer_links: [{ key: 'link1', offer_id }] },
  }));
});

afterAll(async () => {
  phones?.close();
  await network?.close();
  await system?.destroy();
});

const sent = async (): Promise<number> => (await direct.get('/v2/reports/creatives')).totals.sent;

describe('the package', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trackly-client-'));
    await writeFile(join(folder, 'package.json'), '{"name":"sender","type":"module","private":true}');
    const npm = { cwd: folder, env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } };
    await run('npm', ['pack', join(ROOT, 'src/client'), '--pack-destination', folder], npm);
    await run('npm', ['install', '--offline', join(folder, 'trackly-links-0.1.0.tgz')], npm);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is alone: it brings no other package, and no source', async () => {
    const installed = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['trackly-links']);
    expect((await readdir(join(folder, 'node_modules/trackly-links'))).toSorted()).toEqual([
      'client.d.ts',
      'client.js',
      'errors.d.ts',
      'openapi.ts',
      'package.json',
    ]);
  });

  const program = `import { createTrackly, TracklyError } from 'trackly-links/client';
const [url = '', api_key = ''] = process.argv.slice(2);
const trackly = createTrackly({ url, api_key });
const { short_url } = await trackly.post('/v2/links/shorten', { body: { url: 'https://shop.example/' } });
const refused = await trackly.get('/v2/offers/{id}', { path: { id: 'off_none' } }).catch((error) => error);
console.log(JSON.stringify([short_url, refused instanceof TracklyError && refused.code]));
`;

  it('runs where it is installed', async () => {
    await writeFile(join(folder, 'send.js'), program);
    const { stdout } = await run(process.execPath, ['send.js', system.api_url, sender.api_key], {
      cwd: folder,
    });
    expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/^http/), 'not_found']);
  });

  it('is typed there for the strictest compiler', async () => {
    await writeFile(
      join(folder, 'send.ts'),
      `${program}const text: string = short_url;\nconsole.log(text);\n`,
    );
    await writeFile(join(folder, 'wrong.ts'), program.replace("'https://shop.example/'", '17'));
    const options =
      '--noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --target es2022';
    const compile = (file: string) =>
      run(
        join(ROOT, 'node_modules/.bin/tsc'),
        [
          ...options.split(' '),
          '--module',
          'nodenext',
          '--typeRoots',
          join(ROOT, 'node_modules/@types'),
        ].concat(['--types', 'node', '--ignoreConfig', file]),
        { cwd: folder },
      ).then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      );
    expect(await compile('send.ts')).toBe('');
    expect(await compile('wrong.ts')).toMatch(/^wrong\.ts.*error TS2322/);
  });

  it('is what the repository itself exports under this name', async () => {
    const own = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const packed = JSON.parse(await readFile(join(ROOT, 'src/client/package.json'), 'utf8'));
    expect(packed).toMatchObject({ name: own.name, version: own.version });
    expect(own.exports['./client']).toEqual({
      types: './src/client/client.d.ts',
      default: './src/client/client.js',
    });
  });
});

describe('a stream of messages', () => {
  it('makes each once over connections that break, and answers in order', async () => {
    const before = await sent();
    const connections = network.connections;
    const rows = Array.from({ length: 3_000 }, (_, i) => ({ contact_id: `stream-${i}`, creative_id }));
    network.cutNow();
    network.cutAfter(100_000);
    network.cutAfter(7);
    const indexes: number[] = [];
    const ids = new Set<string | undefined>();
    for await (const answer of trackly.stream('/v2/messages', rows)) {
      if (answer.error !== undefined) throw new Error(answer.message);
      indexes.push(answer.index);
      ids.add(answer.message_id);
    }
    expect(indexes).toEqual(rows.map((_, i) => i));
    expect(ids.size).toBe(3_000);
    expect(network.connections - connections).toBe(3);
    await untilSeen('sends in the report', async () => (await sent()) - before, 3_000);
  });

  it('answers a row before the next one is there, and its error in its place', async () => {
    const said: string[] = [];
    let more = (): void => {};
    async function* rows() {
      yield { contact_id: 'first', creative_id };
      await new Promise<void>((done) => {
        more = done;
      });
      yield { contact_id: '', creative_id };
    }
    for await (const { index, error } of trackly.stream('/v2/messages', rows())) {
      said.push(`${index} ${error ?? 'made'}`);
      more();
    }
    expect(said).toEqual(['0 made', '1 invalid_message']);
  });

  it('reads no further ahead than it may while no answer is taken, and tells the source when it ends', async () => {
    let read = 0;
    let told = false;
    function* rows() {
      try {
        for (;;) yield { contact_id: `ahead-${read++}`, creative_id };
      } finally {
        told = true;
      }
    }
    const answers = trackly.stream('/v2/messages', rows());
    await answers.next();
    await untilSeen(
      'the source is read ahead',
      () => read,
      (seen) => seen >= ROWS_AHEAD_MAX,
    );
    // Whatever else is ready to run has run.
    await untilSeen('an answer', async () => (await answers.next()).done, false);
    expect(read).toBeLessThanOrEqual(ROWS_AHEAD_MAX + 3);
    await answers.return(undefined);
    expect(told).toBe(true);
  });

  it('throws what the API refuses as a whole, what the source throws, and what it is aborted with', async () => {
    const all = async (answers: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of answers);
    };
    const stranger = createTrackly({ url: system.api_url, api_key: `trk_${'0'.repeat(32)}` });
    await expect(
      all(stranger.stream('/v2/messages', [{ contact_id: 'a', creative_id }])),
    ).rejects.toMatchObject({
      status: 401,
    });
    async function* failing() {
      yield { contact_id: 'before-the-end', creative_id };
      throw new Error('the file ended early');
    }
    await expect(all(trackly.stream('/v2/messages', failing()))).rejects.toThrow('the file ended early');
    const abort = new AbortController();
    const answers = trackly.stream(
      '/v2/messages',
      (async function* () {
        yield { contact_id: 'aborted', creative_id };
        await new Promise(() => {});
      })(),
      { signal: abort.signal },
    );
    await answers.next();
    abort.abort(new Error('enough'));
    await expect(all(answers)).rejects.toThrow('enough');
    await all(trackly.stream('/v2/messages', []));
  });

  it('sends no conversion twice that has no id of its own', async () => {
    const conversion = (i: number) => ({
      offer_id: 'off_none',
      revenue: '1',
      ...(i < 2 && { txn_id: `t-${i}` }),
    });
    const rows = Array.from({ length: 2_000 }, (_, i) => conversion(i));
    network.cutNow();
    network.cutAfter(4_000);
    const answered: number[] = [];
    const all = (async () => {
      for await (const { index } of trackly.stream('/v2/conversions', rows as never[])) answered.push(index);
    })();
    await expect(all).rejects.toMatchObject({
      code: 'interrupted',
      message: expect.stringContaining(`row ${Math.max(2, answered.length)} `),
    });
  });
});

describe('a call whose answer was lost', () => {
  it('is made again where that does nothing twice: a report of a conversion is one', async () => {
    const { link_id } = await direct.post('/v2/links/shorten', {
      body: { url: 'https://shop.example/?c={{click_id}}', contact_id: 'buyer' },
    });
    const click_id = /c=(\w+)/.exec((await phones.open(link_id, PHONE))?.location ?? '')?.[1] ?? '';
    notes.length = 0;
    network.cutNow();
    network.cutAfter(0);
    network.cutAfter(20);
    const body = { conversions: [{ click_id, event: 'sale' as const, revenue: '5' }] };
    const { conversions } = await trackly.post('/v2/conversions', { body });
    expect(notes.length).toBeGreaterThanOrEqual(2);
    const [reported] = conversions;
    const listed = await untilSeen(
      'the conversion in the list',
      async () => (await direct.get('/v2/conversions')).rows,
      (seen) => seen.length > 0,
    );
    expect(listed.map(({ conversion_id }) => conversion_id)).toEqual([reported?.conversion_id]);
  });

  it('is not made again where it may have been done', async () => {
    notes.length = 0;
    network.cutNow();
    network.cutAfter(1);
    const made = trackly.post('/v2/offers', {
      body: { name: 'Twice?', destination_url: 'https://shop.example/' },
    });
    await expect(made).rejects.toMatchObject({ code: 'unreachable', status: 0 });
    expect(notes).toEqual([]);
  });
});

it('watches what happens, and goes on after a broken connection', async () => {
  const tapped = async (): Promise<string> => {
    const { link_id } = await direct.post('/v2/links/shorten', { body: { url: 'https://shop.example/' } });
    await phones.open(link_id, PHONE);
    return link_id;
  };
  notes.length = 0;
  let wanted = '';
  let cut = false;
  for await (const event of trackly.live()) {
    if (wanted === '' && event.event === 'activity') wanted = await tapped();
    if (event.event !== 'clicks' || !event.data.some(({ link_id }) => link_id === wanted)) continue;
    if (cut) break;
    cut = true;
    wanted = '';
    network.cutNow();
  }
  expect(notes.length).toBeGreaterThan(0);
});
