/**
 * Carries out src/guides/production.md on two empty machines: every block in its order, as it stands. What is replaced, and why,
 * is listed in the guide under "How this was tried". People tap over the domain during the upgrade, the rollback and the stop.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startDns } from '../support/dns.ts';
import type { Drill, Stage } from '../support/drills/drill.ts';
import { makeNetwork } from '../support/drills/network.ts';
import { type Block, readGuide } from '../support/drills/read-guide.ts';
import { type Sandbox, startSandbox } from '../support/drills/sandbox.ts';
import { STAND_IN_CLICKHOUSE } from '../support/drills/stand-in-clickhouse.ts';
import { type HostTaps, tapHost } from '../support/drills/tap-host.ts';
import { startPebble, trustInThisProcess } from '../support/pebble.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOMAIN = 'trk.example.com';
const API = 'links.example.com';
const TAPS_PER_SECOND = 20;
/** The step during which people tap. */
const UNDER_LOAD = /^9\. /;

export const guide: Drill = {
  name: 'guide',
  about: 'the guide of two machines, from nothing to a tap over https, an upgrade and a rollback',
  needs_root: true,
  async run(stage) {
    const network = makeNetwork(stage.left, ['front', 'back']);
    const [front_machine, back_machine] = network.machines;
    if (front_machine === undefined || back_machine === undefined) throw new Error('there are two machines');
    const dns = await startDns(53, network.address);
    dns.set(DOMAIN, 'A', [front_machine.address]);
    dns.set(API, 'A', [front_machine.address]);
    const pebble = await startPebble(80, dns, network.address);
    try {
      await trustInThisProcess(pebble.ca_file);
      const front = await startSandbox(stage.left, front_machine, 'front');
      const back = await startSandbox(stage.left, back_machine, 'back');
      for (const machine of [front, back])
        machine.write('/etc/resolv.conf', `nameserver ${network.address}\n`);
      front.write('/etc/pebble.crt', execFileSync('cat', [pebble.ca_file], { encoding: 'utf8' }));
      const names = {
        FRONT: front_machine.address,
        BACK: back_machine.address,
        CODE: makeSource(stage),
        DOMAIN,
        API,
      };
      const run = new GuideRun(stage, { front, back }, { names, acme: pebble.directory });
      back.write('/tmp/pebble-root.crt', await pebble.root());
      await back.run('cat /tmp/pebble-root.crt >> /etc/ssl/certs/ca-certificates.crt');
      for (const block of readGuide()) await run.paste(block);
      await run.end();
    } finally {
      await pebble.stop();
      await dns.close();
    }
  },
};

/** A repository with this checkout as it stands, and a version after it. */
function makeSource(stage: Stage): string {
  const folder = stage.folder('code');
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=drill', '-c', 'user.email=drill@localhost', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  execFileSync('git', ['clone', '-q', '--no-hardlinks', ROOT, folder], { stdio: 'pipe' });
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT });
  execFileSync('xargs', ['-0', '-r', 'cp', '--parents', '-pt', folder], { cwd: ROOT, input: files });
  git('checkout', '-q', '-B', 'main');
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'as it stands');
  return `file://${folder}`;
}

interface Step {
  name: string;
  seconds: number;
}

class GuideRun {
  readonly #stage: Stage;
  readonly #machines: Record<'front' | 'back', Sandbox>;
  readonly #given: { names: Record<string, string>; acme: string };
  readonly #steps: Step[] = [];
  #taps: HostTaps | undefined;
  #tapped = false;

  constructor(
    stage: Stage,
    machines: Record<'front' | 'back', Sandbox>,
    given: { names: Record<string, string>; acme: string },
  ) {
    this.#stage = stage;
    this.#machines = machines;
    this.#given = given;
  }

  async paste(block: Block): Promise<void> {
    const { front, back } = this.#machines;
    if (UNDER_LOAD.test(block.step) && this.#taps === undefined) await this.#startTaps();
    if (!UNDER_LOAD.test(block.step)) await this.#endTaps();
    // The version to upgrade to: one commit more.
    if (/^9\. /.test(block.step) && block.text.includes('trackly-before') && block.text.includes('fetch')) {
      this.#newVersion();
    }
    const on = block.where.startsWith('on both')
      ? [front, back]
      : block.where.startsWith('on front')
        ? [front]
        : [back];
    const began = performance.now();
    for (const machine of on) await this.#type(machine, block);
    this.#note(block.step, performance.now() - began);
    if (block.text.includes('rev-parse') === false && block.text.includes('trackly-before'))
      await this.#rollBack();
  }

  #note(name: string, ms: number): void {
    const last = this.#steps.at(-1);
    if (last?.name === name) last.seconds += ms / 1_000;
    else this.#steps.push({ name, seconds: ms / 1_000 });
    this.#stage.say(`${name}: ${(ms / 1_000).toFixed(1)} s`);
  }

  /** In the one shell that the reader keeps open on this machine. */
  async #type(machine: Sandbox, block: Block): Promise<void> {
    const keeps = '/root/.shell';
    const prelude = `set -e -o pipefail; [ ! -f ${keeps} ] || . ${keeps}; cd "\${KEPT_PWD:-/root}"`;
    const end = `KEPT_PWD=$PWD; { declare -p | grep -v -- '^declare -[a-z]*r'; umask -p; } > ${keeps}`;
    await machine.run(`${prelude}\n${this.#replaced(machine, block)}\n${end}`).catch(async (error) => {
      for (const one of Object.values(this.#machines)) {
        this.#stage.say(`${one.name}: ${await one.run('tail -n 25 /var/log/units/*.log || true')}`);
      }
      throw error;
    });
  }

  /** See "How this was tried" in the guide. */
  #replaced(machine: Sandbox, { where, text }: Block): string {
    const { names, acme } = this.#given;
    if (where.includes('clickhouse-server is installed')) return STAND_IN_CLICKHOUSE;
    let script = text;
    for (const [name, value] of Object.entries(names)) {
      script = script.replace(new RegExp(`^export ${name}=\\S+`, 'm'), `export ${name}=${value}`);
    }
    script = script.replace(/^scp "root@\$BACK:(\S+)" (\S+)$/gm, (_, from: string, to: string) => {
      machine.write(to, this.#machines.back.read(from), 0o600);
      return `ls ${to}`;
    });
    const authority = `acme_ca ${acme}\\n\\tacme_ca_root /etc/pebble.crt`;
    return script.replace(
      /^systemctl restart caddy$/m,
      `sed -i '0,/^{$/s##{\\n\\t${authority}#' /etc/caddy/Caddyfile\nsystemctl restart caddy`,
    );
  }

  #newVersion(): void {
    const folder = new URL(this.#given.names['CODE'] ?? '').pathname;
    const git = ['-c', 'user.name=drill', '-c', 'user.email=drill@localhost'];
    execFileSync('git', [...git, 'commit', '-q', '--allow-empty', '-m', 'the next version'], { cwd: folder });
  }

  /** "Step 3 again". */
  async #rollBack(): Promise<void> {
    const blocks = readGuide().filter(({ step }) => /^9\. /.test(step));
    const again = blocks.filter(({ text }) => /systemctl (reload|restart) trackly@/.test(text));
    for (const block of again) {
      const machine = this.#machines[block.where.startsWith('on front') ? 'front' : 'back'];
      await this.#type(machine, block);
    }
  }

  async #startTaps(): Promise<void> {
    const link = (await this.#machines.back.run('. /root/.shell; echo "$LINK"')).trim();
    this.#taps = tapHost(this.#machines.front.machine.address, link, TAPS_PER_SECOND);
    await this.#stage.wait(2);
  }

  /** Every tap was answered, and counts; the first one too. */
  async #endTaps(): Promise<void> {
    if (this.#taps === undefined || this.#tapped) return;
    this.#tapped = true;
    await this.#taps.stop();
    const { answers } = this.#taps;
    const answered = answers['302'] ?? 0;
    this.#stage.see(`taps during upgrade and rollback, by answer: ${JSON.stringify(answers)}`);
    if (Object.keys(answers).length > 1) throw new Error('a tap failed during the upgrade or the rollback');
    const report = `curl -sf "https://$API/v2/reports/links" -H "X-Api-Key: $KEY"`;
    const counted = `"clicks_total":${answered + 1}`;
    await this.#machines.back.run(
      `. /root/.shell; for i in $(seq 60); do ${report} | grep -q '${counted}[,}]' && exit 0; sleep 1; done; ${report}; exit 1`,
    );
    this.#stage.see(`all ${answered + 1} taps are in the report`);
  }

  async end(): Promise<void> {
    await this.#endTaps();
    const { front, back } = this.#machines;
    for (const machine of [front, back]) {
      const refused = await machine.run(
        'grep -hE "NOPERM|ACCESS_DENIED|NOAUTH" /var/log/units/*.log || true',
      );
      if (refused !== '')
        throw new Error(`a right is missing on ${machine.name}:\n${refused.slice(0, 2_000)}`);
    }
    let total = 0;
    for (const { name, seconds } of this.#steps) {
      total += seconds;
      this.#stage.see(`${name}: ${clock(seconds)}, ${clock(total)} since the beginning`);
    }
  }
}

const clock = (seconds: number): string => {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};
