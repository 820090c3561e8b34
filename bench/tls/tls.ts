/** What does a tap over TLS cost, and who should terminate it? See README.md beside this file. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench } from '../bench.ts';
import { type Contender, OTHER_CORE, OWN_CORE, pinned, startRedirects } from '../support/contenders.ts';
import { startLinkBase } from '../support/links.ts';
import { load, warmUp } from '../support/load.ts';
import { cpuOfAll, figure, inRounds, machine, progress, ratio, round } from '../support/measure.ts';
import {
  type Front,
  makeTlsFiles,
  startBareTls,
  startFront,
  startNginxAlone,
  startOursTls,
  type TlsFiles,
} from '../support/tls-servers.ts';

const run = promisify(execFile);
const LINKS = 5_000;
const CONNECTIONS = 128;
/** Ours over TLS again, asked for what is no tap: what the listener alone costs. */
const LISTENER = 'listener';
const FRONTS: Front[] = ['nginx', 'haproxy', 'caddy'];

interface Measure {
  /** New connections with a full handshake, sent by wrk. */
  full_per_s: number;
  full_cpu_us: number;
  /** The same, and connections that resume a session, both sent by Node; 0 where that is not measured. */
  again_full_cpu_us: number;
  resumed_cpu_us: number;
  resumed_share: number;
  p99_ms: number;
  errors: number;
}

interface Contenders {
  all: Contender[];
  skipped: string[];
}

/** Starts all of them; a proxy that is not installed is named, and left out. */
async function startAll(files: TlsFiles, redis_url: string, paths: string[]): Promise<Contenders> {
  const all: Contender[] = [];
  const skipped: string[] = [];
  const add = async (name: string, begin: () => Promise<Contender>): Promise<void> => {
    try {
      all.push(await begin());
    } catch (error) {
      skipped.push(name);
      progress(`without ${name}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const plain = await startRedirects({
    name: 'plain',
    redis_url,
    core: OWN_CORE,
    settings: { TRUST_PROXY: '1' },
  });
  all.push(plain);
  await warmUp(plain.url, paths);
  await add('bare', () => startBareTls(OWN_CORE, files));
  await add('nginx', () => startNginxAlone(OWN_CORE, files));
  await add('ours', () => startOursTls(OWN_CORE, files, redis_url, paths));
  const ours = all.find(({ name }) => name === 'ours');
  if (ours !== undefined) all.push({ ...ours, name: LISTENER, stop: async () => {} });
  for (const front of FRONTS) await add(`${front} in front`, () => startFront(front, OWN_CORE, files, plain));
  return { all, skipped };
}

export const bench: Bench = async ({ quick }) => {
  const rounds = quick ? 3 : 5;
  const seconds = quick ? 3 : 5;
  const files = await makeTlsFiles();
  const base = await startLinkBase();
  const dir = await mkdtemp(join(tmpdir(), 'trackly-tls-'));
  let contenders: Contenders = { all: [], skipped: [] };
  try {
    const paths = await base.add(LINKS);
    const paths_file = join(dir, 'paths');
    await writeFile(paths_file, paths.join('\n'));
    contenders = await startAll(files, base.url, paths);

    const tapFromNode = async (
      { url, pids }: Contender,
      mode: 'full' | 'resume',
    ): Promise<{ cpu_us: number; share: number; errors: number }> => {
      const sender = join(import.meta.dirname, '../support/tls-load.ts');
      const words = [sender, new URL(url).port, 'bench.example.com', String(seconds), '16', mode, paths_file];
      const [command, args] = pinned(OTHER_CORE, process.execPath, [
        '--disable-warning=ExperimentalWarning',
        ...words,
      ]);
      const before = cpuOfAll(pids);
      const { stdout } = await run(command, args);
      const { requests = 0, resumed = 0, errors = 0 } = JSON.parse(stdout) as Record<string, number>;
      return { cpu_us: (cpuOfAll(pids) - before) / requests, share: resumed / requests, errors };
    };

    const measure = async (contender: Contender): Promise<Measure> => {
      const { url, pids } = contender;
      const asked = contender.name === LISTENER ? ['/healthz'] : paths;
      const to = { url, paths: asked, connections: CONNECTIONS, core: OTHER_CORE, new_connections: true };
      await load({ ...to, seconds: 1 });
      const before = cpuOfAll(pids);
      const full = await load({ ...to, seconds });
      const full_cpu_us = (cpuOfAll(pids) - before) / full.requests;
      const over_tls = url.startsWith('https:') && contender.name !== LISTENER;
      const none = { cpu_us: 0, share: 0, errors: 0 };
      const again = over_tls ? await tapFromNode(contender, 'full') : none;
      const resumed = over_tls ? await tapFromNode(contender, 'resume') : none;
      await base.forgetClicks();
      return {
        full_per_s: full.per_s,
        full_cpu_us,
        again_full_cpu_us: again.cpu_us,
        resumed_cpu_us: resumed.cpu_us,
        resumed_share: resumed.share,
        p99_ms: full.p99_ms,
        errors: again.errors + resumed.errors,
      };
    };

    const measures = await inRounds(
      rounds,
      Object.fromEntries(contenders.all.map((contender) => [contender.name, () => measure(contender)])),
      (name, { full_per_s, full_cpu_us, again_full_cpu_us, resumed_cpu_us, resumed_share, p99_ms, errors }) =>
        `${name} ${full_per_s}/s, ${round(full_cpu_us)} µs, p99 ${p99_ms} ms, from Node ${round(again_full_cpu_us)} µs, resumed ${round(resumed_cpu_us)} µs (${round(100 * resumed_share, 0)} %), ${errors} errors`,
    );
    const of = (name: string, what: keyof Measure): number[] =>
      (measures[name] ?? []).map((one) => one[what]);
    const names = contenders.all.map(({ name }) => name);
    return {
      ...machine(),
      rounds,
      seconds,
      skipped: contenders.skipped,
      contenders: Object.fromEntries(
        names.map((name) => [
          name,
          {
            full_per_s: figure(of(name, 'full_per_s'), 0),
            full_cpu_us: figure(of(name, 'full_cpu_us')),
            again_full_cpu_us: figure(of(name, 'again_full_cpu_us')),
            resumed_cpu_us: figure(of(name, 'resumed_cpu_us')),
            resumed_share: figure(of(name, 'resumed_share')),
            p99_ms: figure(of(name, 'p99_ms')),
            errors: of(name, 'errors').reduce((sum, count) => sum + count, 0),
          },
        ]),
      ),
      listener_rate_to_bare: ratio(of(LISTENER, 'full_per_s'), of('bare', 'full_per_s')),
      bare_cpu_to_listener: ratio(of('bare', 'full_cpu_us'), of(LISTENER, 'full_cpu_us')),
      ours_rate_to_bare: ratio(of('ours', 'full_per_s'), of('bare', 'full_per_s')),
      bare_cpu_to_ours: ratio(of('bare', 'full_cpu_us'), of('ours', 'full_cpu_us')),
      bare_resumed_cpu_to_ours: ratio(of('bare', 'resumed_cpu_us'), of('ours', 'resumed_cpu_us')),
      bare_resumed_cpu_to_full: ratio(of('bare', 'resumed_cpu_us'), of('bare', 'again_full_cpu_us')),
      ours_resumed_cpu_to_full: ratio(of('ours', 'resumed_cpu_us'), of('ours', 'again_full_cpu_us')),
      ...Object.fromEntries(
        names.map((name) => [
          `${name}_cpu_to_ours`,
          ratio(of(name, 'full_cpu_us'), of('ours', 'full_cpu_us')),
        ]),
      ),
    };
  } finally {
    for (const contender of contenders.all.toReversed()) await contender.stop();
    await base.close();
    await files.remove();
    await rm(dir, { recursive: true, force: true });
  }
};
