/**
 * Set-up before `npm start` and `npm test`: installs the npm packages (which include Node 22), builds the console and the
 * bundles of redirect, worker and API (their files depend on sources and packages only: where those have not changed it builds nothing), installs redis-server 7, and for
 * the tests Chromium, the proxies that people put in front, an ACME server, Prometheus and Helm. Plain JavaScript without dependencies,
 * because nothing is installed yet. Silent and quick when there is nothing to do; safe to run again or twice at once. If something cannot be set up, the start ends with
 * sentences that say what to type.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consoleReady } from './build-console.mjs';
import { rolesReady } from './build-roles.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAMP = join(ROOT, 'node_modules/.trackly-lock');
const RUNTIME = join(ROOT, 'node_modules/.bin/node');
const NODE_MAJOR_MIN = 20;
const RUNTIME_MAJOR = 22;
const REDIS_MAJOR_MIN = 7;
const GLIBC_MIN = [2, 27]; // the uWebSockets.js binaries
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const STEP_TIMEOUT_MS = 15 * 60_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const EXCERPT_LINES = { first: 8, last: 4 };

/** Ends the start with sentences for the person who ran the command; exit status 1. */
function stop(sentences) {
  process.stderr.write(`\n${sentences}\n`);
  process.exit(1);
}

/**
 * Runs one step with a progress line; returns `{ ok, output }`, with both streams in output. With `retries` a failure
 * does not end the line: the next attempt continues it, with an empty label.
 */
function step(label, command, args, { retries = false, ...options } = {}) {
  if (label !== '') process.stderr.write(`· ${label} … `);
  const started = Date.now();
  const result = spawnSync(command, args, {
    cwd: ROOT,
    env: cleanEnv(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: STEP_TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
    ...options,
  });
  const ok = result.status === 0;
  const seconds = Math.round((Date.now() - started) / 1000);
  if (ok || !retries) process.stderr.write(`${ok ? '' : 'failed after '}${seconds} s\n`);
  return { ok, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}` };
}

/** The most useful lines: npm names the cause in its first lines, apt in its last. Empty, or ends with a blank line. */
function excerpt(output) {
  const lines = output.split('\n').filter((line) => line.replace('npm error', '').trim() !== '');
  const { first, last } = EXCERPT_LINES;
  const shown = lines.length <= first + last ? lines : [...lines.slice(0, first), '…', ...lines.slice(-last)];
  return shown.length === 0 ? '' : `${shown.join('\n')}\n\n`;
}

/**
 * The environment for npm inside `npm run`: without the outer npm's settings, except those of the download source, and
 * without node_modules/.bin on PATH, because its `node` is replaced while npm runs.
 */
function cleanEnv() {
  const kept =
    /^npm_config_(registry|(https?_)?proxy|noproxy|ca|cafile|strict_ssl|userconfig|globalconfig|cache|\/\/.*)$/i;
  const env = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name));
  const path = (process.env.PATH ?? '').split(delimiter);
  const withoutBin = path.filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder));
  return { ...Object.fromEntries(env), PATH: withoutBin.join(delimiter) };
}

// ---------------------------------------------------------------- one start at a time in this clone

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Runs `work` while holding this clone's lock; a lock whose process is gone is taken over. */
function withLock(work) {
  const key = createHash('sha256').update(fs.realpathSync(ROOT)).digest('hex').slice(0, 16);
  const lock = join(tmpdir(), `trackly-bootstrap-${process.getuid?.() ?? 0}-${key}.lock`);
  const own = `${lock}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  waitForLock(lock, own);
  const release = () => {
    fs.rmSync(lock, { force: true });
    fs.rmSync(own, { force: true });
  };
  process.once('exit', release); // also when `work` stops the start
  work();
  process.off('exit', release);
  release();
}

/** Returns once `own`, which names this process, is the lock; ends the start if that takes too long. */
function waitForLock(lock, own) {
  const deadline_ms = Date.now() + STEP_TIMEOUT_MS;
  let told = false;
  while (!becomesLock(own, lock)) {
    const holder = readText(lock);
    if (holder !== undefined && !isAlive(Number(holder))) {
      removeStale(lock, own, holder);
      continue;
    }
    if (Date.now() > deadline_ms) {
      fs.rmSync(own);
      stop(`Another start has been setting up for too long; end process ${holder}.`);
    }
    if (!told) process.stderr.write(`· waiting for the set-up by process ${holder} in this folder\n`);
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

/** Whether the lock was free. A link appears with its content, or not at all. */
function becomesLock(own, lock) {
  try {
    fs.linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Removes the lock of `holder`, which no longer runs, unless another start was faster. */
function removeStale(lock, own, holder) {
  // Renamed before it is removed: of two that find it stale, one might remove the other's new lock.
  const stale = `${own}.stale`;
  try {
    fs.renameSync(lock, stale);
    if (readText(stale) !== holder) fs.linkSync(stale, lock);
    fs.rmSync(stale);
  } catch {
    // Another start was faster; the caller tries again.
  }
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

// ---------------------------------------------------------------- packages, and Node 22 with them

/** What an install depends on: the lockfile, and the machine that the binaries were fetched for. */
function wantedStamp() {
  const lockfile = fs.readFileSync(join(ROOT, 'package-lock.json'));
  return createHash('sha256').update(lockfile).update(`${process.platform}-${process.arch}`).digest('hex');
}

/** False in the image: its packages were selected, it is built on Node 22, and nothing is installed in it any more. */
const installsHere = () => {
  const { optionalDependencies = {} } = JSON.parse(fs.readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.keys(optionalDependencies).some((name) => name.startsWith('node-'));
};

function packagesReady() {
  if (!installsHere()) {
    const major = Number(process.versions.node.split('.')[0]);
    if (major !== RUNTIME_MAJOR) stop(`The image needs Node ${RUNTIME_MAJOR}; this is ${process.version}.`);
    return true;
  }
  if (!fs.existsSync(RUNTIME)) return false;
  const stamp = readText(STAMP);
  if (stamp !== undefined) return stamp === wantedStamp();
  // No stamp: someone ran npm by hand. npm writes its hidden lockfile last, so it tells when that ended.
  const modified_ms = (file) => fs.statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (modified_ms('node_modules/.package-lock.json') < modified_ms('package-lock.json')) return false;
  try {
    fs.writeFileSync(STAMP, wantedStamp());
  } catch {
    // Installed by another user: nothing to note here, and nothing to do.
  }
  return true;
}

/**
 * The binaries of uWebSockets.js and of the ClickHouse library exist for few platforms; checked here to give a clear
 * error.
 */
function checkPlatform() {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    stop(`Trackly Links runs on ${PLATFORMS.join(', ')}; this is ${platform}.`);
  }
  if (process.platform !== 'linux') return;
  process.report.excludeNetwork = true; // host name look-ups would slow the report
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  if (glibc === undefined) {
    stop('This Linux uses musl (Alpine?), for which uWebSockets.js has no binaries: use Debian or Ubuntu.');
  }
  const [major, minor] = glibc.split('.').map(Number);
  if (major < GLIBC_MIN[0] || (major === GLIBC_MIN[0] && minor < GLIBC_MIN[1])) {
    stop(
      `This Linux has glibc ${glibc}; ${GLIBC_MIN.join('.')} or later is needed (Debian 10, Ubuntu 18.04).`,
    );
  }
}

/** True where npm's only complaint is that the lockfile lacks optional binaries of other platforms. */
function lacksOnlyOtherPlatforms(output) {
  const complaints = output.match(/(?:Missing|Invalid): .*/g) ?? [];
  return (
    complaints.length > 0 &&
    complaints.every((line) => /^Missing: \S+-(android|darwin|linux|win32)-/.test(line))
  );
}

function installPackages() {
  checkPlatform();
  if (spawnSync('npm', ['--version'], { env: cleanEnv(), stdio: 'ignore' }).status !== 0) {
    stop('npm was not found: install it (Debian: "sudo apt-get install -y npm"), then start again.');
  }
  // Node itself is an optional package, one for each platform. No package's install script is run (.npmrc).
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  let result = step('installing packages', 'npm', ['ci', ...flags], { retries: true });
  if (!result.ok && lacksOnlyOtherPlatforms(result.output)) {
    result = step('', 'npm', ['install', '--no-save', ...flags]);
  } else if (!result.ok) process.stderr.write('failed\n');
  if (!result.ok) {
    stop(
      `${excerpt(result.output)}The packages could not be installed: see npm's words above, then start again.`,
    );
  }
  if (runtimeMajor() !== RUNTIME_MAJOR) {
    stop(
      `Node ${RUNTIME_MAJOR} was not installed with the packages: the registry has no such package for this machine, or one ` +
        'with another hash than package-lock.json says. Type "npm ci --include=optional --loglevel=verbose" to see which.',
    );
  }
  fs.writeFileSync(STAMP, wantedStamp());
}

const runtimeMajor = () => {
  const version = spawnSync(RUNTIME, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return Number(/^v(\d+)/.exec(version)?.[1]);
};

// ---------------------------------------------------------------- the console

/** Returns the output of the build if it failed, or ''. */
function buildConsole() {
  const { ok, output } = step('building the console', RUNTIME, ['deploy/build-console.mjs']);
  return ok ? '' : output;
}

function ensureConsole() {
  const failure = installOnce(consoleReady, buildConsole);
  if (!consoleReady())
    stop(`${excerpt(failure)}The console could not be built: see the words above, then start again.`);
}

/** Processes start without bundles as well, only slower. */
function ensureRoles() {
  installOnce(rolesReady, () => {
    const { ok, output } = step('bundling the processes', RUNTIME, ['deploy/build-roles.mjs']);
    if (!ok) process.stderr.write(`${excerpt(output)}They start from their sources instead.\n`);
    return '';
  });
}

// ---------------------------------------------------------------- redis-server

/** `{ path, version }` of the first redis-server that runs, or undefined. */
function findRedis() {
  const usual = ['/usr/bin', '/opt/homebrew/bin', '/usr/local/bin'];
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...usual]) {
    const path = join(folder, 'redis-server');
    if (!fs.existsSync(path)) continue;
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    const version = /\bv=(\d+\.\d+(?:\.\d+)?)/.exec(stdout ?? '')?.[1];
    if (version !== undefined) return { path, version };
  }
  return undefined;
}

const can = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Runs `words` as root if that needs no password; otherwise returns undefined. */
function asRoot() {
  if (!can('apt-get', ['--version'])) return undefined;
  const root = process.getuid() === 0;
  if (!root && !can('sudo', ['-n', 'true'])) return undefined;
  return (...words) => (root ? words : ['sudo', '-n', ...words]);
}

/** Installs Debian packages where that needs no question; returns the output of what failed, or ''. */
function installDebian(names, note) {
  const as = asRoot();
  if (as === undefined) return '';
  const run = (label, ...words) => {
    const [command, ...args] = as('env', 'DEBIAN_FRONTEND=noninteractive', ...words);
    return step(label, command, args);
  };
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=120'];
  let result = run('refreshing the package lists', ...apt, 'update');
  if (result.ok) {
    const install = ['install', '-y', '--no-install-recommends', ...names];
    result = run(`installing ${names.join(', ')}${note}`, ...apt, ...install);
  }
  return result.ok ? '' : result.output;
}

/** Installs missing programs, one start at a time; returns the output of the failed step, or ''. */
function installOnce(isThere, install) {
  let failure = '';
  if (!isThere()) {
    withLock(() => {
      if (!isThere()) failure = install();
    });
  }
  return failure;
}

/** Only the programs of Debian packages are wanted, not the services that they would start on their usual ports. */
function installServers(names, services) {
  const as = asRoot();
  if (as === undefined) return '';
  const quietly = (...words) => {
    const [command, ...args] = as(...words);
    return can(command, args);
  };
  // A mask under /run disappears at the next boot in any case. Without systemd, Debian starts no service.
  const systemd = fs.existsSync('/run/systemd/system');
  if (systemd) quietly('systemctl', 'mask', '--runtime', ...services);
  const failure = installDebian(names, ' (own services stay off)');
  if (systemd) {
    quietly('systemctl', 'unmask', '--runtime', ...services);
    quietly('systemctl', 'disable', ...services);
  }
  return failure;
}

/** Installs redis-server if that needs no password; returns npm-like output of the failed step, or ''. */
function installRedis() {
  if (process.platform === 'darwin' && can('brew', ['--version'])) {
    const { ok, output } = step('installing redis with Homebrew', 'brew', ['install', 'redis']);
    return ok ? '' : output;
  }
  return installServers(['redis-server'], ['redis-server.service']);
}

function ensureRedis() {
  const failure = installOnce(() => findRedis() !== undefined, installRedis);
  const redis = findRedis();
  const elsewhere = 'or set REDIS_URL=redis://host:port to a server that you have';
  if (redis === undefined) {
    const words =
      process.platform === 'darwin'
        ? 'brew install redis'
        : 'sudo apt-get update && sudo apt-get install -y redis-server';
    stop(
      `${excerpt(failure)}Redis ${REDIS_MAJOR_MIN} or later is needed, and redis-server was not found and could not be ` +
        `installed from here. Type "${words}" and start again, ${elsewhere}.`,
    );
  }
  if (Number(redis.version.split('.')[0]) < REDIS_MAJOR_MIN) {
    stop(
      `${redis.path} is Redis ${redis.version}; ${REDIS_MAJOR_MIN}.0 or later is needed. Install a newer one (Debian 12, ` +
        `Ubuntu 24.04 and Homebrew have it), ${elsewhere}.`,
    );
  }
}

// ---------------------------------------------------------------- Chromium, for the tests

/** test/support/browser.ts looks for it here too. */
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHROMIUM_APPS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function hasChromium() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const paths = folders.flatMap((folder) => CHROMIUM_NAMES.map((name) => join(folder, name)));
  return [...paths, ...CHROMIUM_APPS].some((path) => fs.existsSync(path));
}

function ensureChromium() {
  const failure = installOnce(hasChromium, () => installDebian(['chromium'], ' (for the tests of pages)'));
  if (hasChromium()) return;
  const words =
    process.platform === 'darwin'
      ? 'brew install --cask chromium'
      : 'sudo apt-get update && sudo apt-get install -y chromium';
  stop(
    `${excerpt(failure)}The tests look at pages in Chromium, which was not found and could not be installed from ` +
      `here. Type "${words}" and start again.`,
  );
}

// ---------------------------------------------------------------- what tests and drills run beside Node

const hasProgram = (name) =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'].some((folder) =>
    fs.existsSync(join(folder, name)),
  );

/** Debian packages, each with a program to know it by; test/support/programs.ts looks for them, too. */
const TEST_PROGRAMS = {
  nginx: 'nginx',
  haproxy: 'haproxy',
  caddy: 'caddy',
  pebble: 'pebble',
  openssl: 'openssl',
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  nftables: 'nft',
  iproute2: 'ip',
  faketime: 'faketime',
};
const WITHOUT_SERVICE = ['pebble', 'openssl', 'iproute2', 'faketime'];
const NOT_IN_HOMEBREW = ['pebble', 'prometheus-alertmanager', 'nftables', 'iproute2', 'faketime'];
const missingPrograms = () => Object.keys(TEST_PROGRAMS).filter((name) => !hasProgram(TEST_PROGRAMS[name]));

function installTestPrograms() {
  const names = missingPrograms();
  if (process.platform !== 'darwin') {
    const services = names.filter((name) => !WITHOUT_SERVICE.includes(name));
    return installServers(
      names,
      services.map((name) => `${name}.service`),
    );
  }
  const brewed = names.filter((name) => !NOT_IN_HOMEBREW.includes(name));
  if (brewed.length > 0 && can('brew', ['--version']))
    step(`installing ${brewed}`, 'brew', ['install', ...brewed]);
  return '';
}

/** Tests of a program that could not be installed are skipped: a machine without a mirror runs all the others. */
function ensureTestPrograms() {
  installOnce(() => missingPrograms().length === 0, installTestPrograms);
  const missing = missingPrograms();
  if (missing.length > 0) process.stderr.write(`· without ${missing.join(', ')}: their tests are skipped\n`);
}

function ensureDrillPrograms() {
  const failure = installOnce(() => missingPrograms().length === 0, installTestPrograms);
  const missing = missingPrograms();
  if (missing.length === 0) return;
  stop(
    `${excerpt(failure)}The drills need ${missing.join(', ')}, which could not be installed from here. Type ` +
      `"sudo apt-get update && sudo apt-get install -y ${missing.join(' ')}" on a Debian machine and start again.`,
  );
}

// ---------------------------------------------------------------- what checks deploy/helm, for the tests

const CHART_TOOLS = join(ROOT, 'test/support/kubernetes');

/** Helm and the definitions of Kubernetes, by a lockfile of their own: who runs the system downloads none of it. */
function ensureChartTools() {
  const stamp = join(CHART_TOOLS, 'node_modules/.trackly-lock');
  const wanted = createHash('sha256')
    .update(fs.readFileSync(join(CHART_TOOLS, 'package-lock.json')))
    .digest('hex');
  const install = () => {
    const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
    const result = step('installing what checks the chart', 'npm', ['ci', ...flags], { cwd: CHART_TOOLS });
    if (result.ok) fs.writeFileSync(stamp, wanted);
    return result.ok ? '' : result.output;
  };
  if (installOnce(() => readText(stamp) === wanted, install) !== '')
    process.stderr.write('· without Helm: the tests of the chart are skipped\n');
}

// ---------------------------------------------------------------- nginx and wrk, for the benchmarks

function ensureBenchPrograms() {
  for (const [name, install] of [
    ['nginx', () => installServers(['nginx'], ['nginx.service'])],
    ['wrk', () => installDebian(['wrk'], ' (sends the load)')],
  ]) {
    const failure = installOnce(() => hasProgram(name), install);
    if (hasProgram(name)) continue;
    const words =
      process.platform === 'darwin'
        ? `brew install ${name}`
        : `sudo apt-get update && sudo apt-get install -y ${name}`;
    stop(
      `${excerpt(failure)}The benchmarks need ${name}, which was not found and could not be installed from here. ` +
        `Type "${words}" and start again.`,
    );
  }
}

// ----------------------------------------------------------------

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
  stop(`Node.js ${NODE_MAJOR_MIN} or later is needed to start; this is ${process.version}.`);
}
installOnce(packagesReady, installPackages);
ensureConsole();
ensureRoles();
// `--packages`: for what needs no server. `--tests`: for the tests. `--bench`: for the benchmarks. `--drills`: for those.
if (!process.env.REDIS_URL && !process.argv.includes('--packages')) ensureRedis();
if (process.argv.includes('--tests')) {
  ensureChromium();
  ensureTestPrograms();
  ensureChartTools();
}
if (process.argv.includes('--bench')) ensureBenchPrograms();
if (process.argv.includes('--drills')) ensureDrillPrograms();
