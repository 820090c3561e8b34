/** `trackly send`, `report`, `trace` and `tail` as a person types them, against the API of an account. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrackly } from '../../src/client/client.ts';
import { runTrackly } from '../support/commands.ts';
import { badNetwork } from '../support/cut-connections.ts';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');

let system: System;
let sender: Sender;
let phones: Phones;
let folder: string;
let env: Record<string, string>;
let creative_id: string;
let campaign_id: string;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  phones = createPhones(system.redirect_url, 1);
  folder = await mkdtemp(join(tmpdir(), 'trackly-daily-'));
  env = { TRACKLY_URL: system.api_url, TRACKLY_API_KEY: sender.api_key, XDG_CONFIG_HOME: folder };
  // Throws what is refused, and waits where the system has too much to do.
  const client = createTrackly({ url: system.api_url, api_key: sender.api_key });
  const { offer_id } = await client.post('/v2/offers', {
    body: { name: 'Shoes', destination_url: 'https://shop.example/?click={{click_id}}' },
  });
  ({ creative_id } = await client.post('/v2/creatives', {
    body: {
      name: 'Hello',
      body: 'Hi {{first_name}}: {{link1}}',
      offer_links: [{ key: 'link1', offer_id }],
    },
  }));
  ({ campaign_id } = await client.post('/v2/campaigns', {
    body: { name: 'Spring', variants: [{ variant_id: 'A', creative_id, percent: 100 }] },
  }));
});

afterAll(async () => {
  phones?.close();
  await system?.destroy();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const trackly = (...args: string[]) => runTrackly(args, env);
const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const sent = async (): Promise<number> =>
  (await sender.call('GET', '/v2/reports/campaigns')).body.totals.sent;

describe('send', () => {
  it('creates one message, and prints its text with its link', async () => {
    const options = [
      '--contact',
      'ann',
      '--campaign',
      campaign_id,
      '--variant',
      'A',
      '--field',
      'first_name=Ann',
    ];
    const { code, stdout, stderr } = await trackly('send', '--creative', creative_id, ...options);
    // The links of the shared system are on loopback.
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^trackly: warning: the links are on [^\n]*\n$/),
    ]);
    expect(stdout).toMatch(/^message \S+\n {2}Hi Ann: (http\S+)\n {2}link1 {2}\1\n$/);
    await untilSeen('the send in the report', sent, 1);
  });

  it('sends a CSV once, however often it is run, and says of each row that was refused why', async () => {
    const rows = ['first_name,contact_id', 'Bob,bob', '"Cyd, the third",cyd', 'Nobody,', 'Dan,dan'];
    const csv = await file('november.csv', `\uFEFF${rows.join('\r\n')}\r\n`);
    const before = await sent();
    const options = [
      '--creative',
      creative_id,
      '--campaign',
      campaign_id,
      '--variant',
      'A',
      '--run',
      'november',
    ];
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await trackly('send', csv, ...options);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^trackly: row 3: invalid_message: contact_id.*\n3 created, 1 refused; --json/m);
    }
    await untilSeen('sends in the report', async () => (await sent()) - before, 3);
    const { body } = await sender.call('GET', '/v2/messages/november-2');
    expect(body.message).toMatchObject({ contact_id: 'cyd', fields: { first_name: 'Cyd, the third' } });
  });

  it('answers a program line by line', async () => {
    const lines = [
      '{"contact_id":"eve","message_id":"eve-1","fields":{"first_name":"Eve"}}',
      '',
      '{"contact_id":""}',
    ];
    const ndjson = await file('messages.ndjson', lines.join('\n'));
    const { code, stdout } = await trackly('send', ndjson, '--creative', creative_id, '--test', '--json');
    expect(code).toBe(1);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toMatchObject([
      { index: 0, message_id: 'eve-1', is_test: true },
      { index: 1, error: 'invalid_message' },
    ]);
  });

  it('reads what spreadsheets of other languages write', async () => {
    const csv = await file('semicolons.csv', 'contact_id;first_name;message_id\nfay;Fay, 2;fay-1\n');
    const { code, stdout } = await trackly('send', csv, '--creative', creative_id, '--test', '--json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('"text":"Hi Fay, 2: http')]);
  });

  it.each([
    ['{"contact_id":"x"}\nnot json\n', /row 2 is no JSON object/],
    ['name,age\nAnn,3\n', /no column contact_id/],
    ['contact_id,name\nann\n', /CSV can not be read/],
  ])('stops at %j, and says so', async (text, sentence) => {
    const { code, stderr } = await trackly(
      'send',
      await file('wrong', text),
      '--creative',
      creative_id,
      '--test',
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
  });

  it.each([
    [['--contact', 'a', 'file'], /either --contact or a file/],
    [['nowhere.csv'], /there is no file "nowhere.csv"/],
    [['--contact', 'a', '--field', 'Ann'], /--field is a value such as/],
    [['-', '--run', 'a b'], /--run is a name/],
    [['-', '--message-id', 'a'], /--message-id goes with --contact/],
  ])('refuses %j with its usage', async (args, sentence) => {
    const { code, stderr } = await trackly('send', ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  });
});

describe('report', () => {
  it('is a table for people, with names and totals', async () => {
    const { code, stdout, stderr } = await trackly(
      'report',
      'campaigns',
      '--where',
      `campaign_id=${campaign_id}`,
    );
    expect([code, stderr]).toEqual([0, '']);
    const [head, row, total, , covered] = stdout.split('\n');
    expect(head).toMatch(/^campaign_id +name +sent +clicks_human +clicks_unique +click_rate/);
    expect(row).toMatch(new RegExp(`^${campaign_id} +Spring +\\d+ .*\\d\\.\\d\\d%`));
    expect(total).toMatch(/^total +\d+/);
    expect(covered).toMatch(/^1 row, 20\d\d-.* to 20\d\d-/);
  });

  it('is JSON or CSV for programs, as the API answers', async () => {
    const json = JSON.parse((await trackly('report', 'campaigns', '--json')).stdout);
    expect(json.totals.sent).toBe(await sent());
    const { stdout } = await trackly('report', 'hours', '--by', 'day', '--csv');
    expect(stdout).toMatch(/^hour,.*sent.*\r?\n20/);
  });

  it('shows the columns that are asked for, in their order', async () => {
    const { stdout } = await trackly('report', 'campaigns', '--columns', 'sent,name', '--limit', '1');
    expect(stdout).toMatch(/^sent +name\n/);
    const { code, stderr } = await trackly('report', 'campaigns', '--columns', 'colour');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/"colour" is no column: use campaign_id, /)]);
  });

  it('says what the API says of a wrong question, and which reports there are', async () => {
    const wrong = await trackly('report', 'campaigns', '--where', 'colour=red');
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/^trackly: colour is not a filter/),
    ]);
    const none = await trackly('report', 'colours');
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/say which report: campaigns, /)]);
  });
});

describe('trace', () => {
  it('finds what an id is of: a short link, its click, its message, its contact', async () => {
    const [message] = await sender.send([{ contact_id: 'traced', creative_id, fields: { first_name: 'T' } }]);
    const [{ short_url = '', link_id = '' } = {}] = message?.links ?? [];
    const click_id = clickIdOf((await phones.open(link_id, PHONE)) ?? { status: 0, location: '' });
    await untilSeen(
      'the click',
      async () => (await sender.call('GET', `/v2/clicks/${click_id}`)).status,
      200,
    );
    const told = async (id: string): Promise<string> => (await trackly('trace', id)).stdout;
    expect(await told(short_url)).toMatch(
      new RegExp(`^link ${link_id}\\n[\\s\\S]*contact_id +traced[\\s\\S]*clicks \\(1\\)`),
    );
    expect(await told(click_id)).toMatch(new RegExp(`^click ${click_id}\\n[\\s\\S]*verdict +human`));
    expect(await told(message?.message_id ?? '')).toMatch(/^message /);
    expect(await told('traced')).toMatch(/^contact traced\n/);
    const json = JSON.parse((await trackly('trace', click_id, '--json')).stdout);
    expect(json).toMatchObject({ kind: 'click', story: { click: { click_id } } });
  });

  it('says what is not there, and of another account nothing is', async () => {
    const [message] = await (await createSender(system)).send([]).catch(() => []);
    expect(message).toBeUndefined();
    for (const id of ['nothing', 'cnv_1', '../keys', '..']) {
      const { code, stderr } = await trackly('trace', id);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`"${id}"`)]);
    }
    expect((await trackly('trace', 'a', '--kind', 'colour')).code).toBe(2);
  });
});

describe('tail', () => {
  const running: ChildProcess[] = [];
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
  });

  function start(url: string, ...args: string[]) {
    const node = [
      '--import',
      join(ROOT, 'deploy/quick-start.mjs'),
      join(ROOT, 'src/main.ts'),
      'tail',
      ...args,
    ];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...node], {
      env: { PATH: process.env['PATH'], ...env, TRACKLY_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      said.out += text;
    });
    child.stderr.on('data', (text) => {
      said.err += text;
    });
    return { child, said };
  }

  it('shows what comes, and after a broken connection what came in between', async () => {
    const contacts = ['tail-1', 'tail-2', 'tail-3', 'tail-4'];
    const messages = await sender.send(
      contacts.map((contact_id) => ({ contact_id, creative_id, fields: { first_name: 'T' } })),
    );
    const tap = async (i: number): Promise<string> => {
      const answer = await phones.open(messages[i]?.links[0]?.link_id ?? '', PHONE);
      return clickIdOf(answer ?? { status: 0, location: '' });
    };
    const earlier = await tap(3);
    await untilSeen('it', async () => (await sender.call('GET', `/v2/clicks/${earlier}`)).status, 200);
    const network = await badNetwork(system.api_url);
    const { child, said } = start(network.url, 'clicks', '--json');
    await untilSeen('a connection', () => network.connections, 1);
    const first = await tap(0);
    await untilSeen(
      'the first click',
      () => said.out,
      (seen) => seen.includes(first),
    );
    await network.close();
    const missed = await tap(1);
    await untilSeen('the click', async () => (await sender.call('GET', `/v2/clicks/${missed}`)).status, 200);
    await untilSeen(
      'that it is cut off',
      () => said.err,
      (seen) => /again in/.test(seen),
    );
    await network.open();
    await untilSeen(
      'what came in between',
      () => said.out,
      (seen) => seen.includes(missed),
    );
    const last = await tap(2);
    await untilSeen(
      'the last click',
      () => said.out,
      (seen) => seen.includes(last),
    );
    const shown = said.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    // The click of just before it began is not, neither at once nor with what came in between.
    expect(shown.map(({ type, id }) => [type, id])).toEqual([first, missed, last].map((id) => ['click', id]));
    child.kill('SIGINT');
    await new Promise((done) => child.once('exit', done));
    await network.close();
  });

  it('ends with what the API refuses', async () => {
    const { code, stderr } = await runTrackly(['tail'], { ...env, TRACKLY_API_KEY: `trk_${'0'.repeat(32)}` });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^trackly: .*key/i)]);
    expect((await trackly('tail', 'everything')).code).toBe(2);
  });
});

describe('the key', () => {
  const own = (settings: Record<string, string>) =>
    runTrackly(['report', 'campaigns'], { XDG_CONFIG_HOME: join(folder, 'none'), ...settings });

  it('comes from the environment or from a file that is the user’s alone', async () => {
    const credentials = await file(
      'credentials',
      `TRACKLY_URL=${system.api_url}\nTRACKLY_API_KEY=${sender.api_key}\n`,
    );
    await chmod(credentials, 0o640);
    const open = await own({ TRACKLY_CREDENTIALS: credentials });
    expect([open.code, open.stderr]).toEqual([
      1,
      expect.stringMatching(/others than you may read .*chmod 600/),
    ]);
    await chmod(credentials, 0o600);
    expect((await own({ TRACKLY_CREDENTIALS: credentials })).code).toBe(0);
    const elsewhere = await own({ TRACKLY_CREDENTIALS: credentials, TRACKLY_URL: 'https://other.example' });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringMatching(/set TRACKLY_API_KEY too/)]);
  });

  it('is asked for where there is none, and where no API answers that is said', async () => {
    const none = await own({});
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringMatching(/there is no API key: set TRACKLY_API_KEY/),
    ]);
    const nobody = await own({ TRACKLY_URL: 'ftp://links.example', TRACKLY_API_KEY: sender.api_key });
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringMatching(/TRACKLY_URL is not an address/)]);
    expect(nobody.stderr).not.toContain(sender.api_key);
  });
});
