/**
 * What a drill has in place of systemctl: machines without systemd. It starts what a unit's ExecStart says, as its User, with its
 * Environment, EnvironmentFile, WorkingDirectory, StateDirectory, RuntimeDirectory and AmbientCapabilities, and knows the process
 * by a file. It restarts nothing, and none of the unit's hardening is there. The log is /var/log/units/<unit>.log.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const FOLDERS = ['/etc/systemd/system', '/lib/systemd/system', '/usr/lib/systemd/system'];
const ENDS_WITHIN_MS = 20_000;
const RUN = '/run/units';
const LOGS = '/var/log/units';

const fileOf = (name) => FOLDERS.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));

/** Settings of a unit by name, each with all its values in order; %i is the part after the @. */
function readUnit(unit) {
  const instance = /@(.+)$/.exec(unit)?.[1] ?? '';
  const path = fileOf(`${unit}.service`) ?? fileOf(`${unit.replace(/@.+/, '@')}.service`);
  if (path === undefined) throw new Error(`Unit ${unit}.service not found.`);
  const settings = {};
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    settings[name] ??= [];
    settings[name].push(value.replaceAll('%i', instance));
  }
  return (name) => settings[name] ?? [];
}

/** Words as systemd splits them, without expansion: 'daemon on;' is one. */
const wordsOf = (line) =>
  (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));

function environmentOf(of, user) {
  const home = execFileSync('getent', ['passwd', user], { encoding: 'utf8' }).split(':')[5];
  const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, USER: user, LOGNAME: user };
  const set = (text) => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(text.trim()) ?? [];
    if (name !== undefined) env[name] = value.replace(/^(['"])(.*)\1$/, '$2');
  };
  for (const line of of('Environment')) for (const word of wordsOf(line)) set(word);
  for (const file of of('EnvironmentFile')) {
    const path = file.replace(/^-/, '');
    if (!existsSync(path) && file.startsWith('-')) continue;
    for (const line of readFileSync(path, 'utf8').split('\n')) if (!line.startsWith('#')) set(line);
  }
  return env;
}

const pidFile = (unit) => `${RUN}/${unit}.pid`;
const isAlive = (pid) => existsSync(`/proc/${pid}/stat`);
const mainPid = (unit) => (existsSync(pidFile(unit)) ? Number(readFileSync(pidFile(unit), 'utf8')) : 0);

function makeFolders(of, user) {
  for (const [setting, root] of [
    ['StateDirectory', '/var/lib'],
    ['RuntimeDirectory', '/run'],
  ]) {
    for (const name of of(setting)) {
      mkdirSync(`${root}/${name}`, { recursive: true });
      const [first] = name.split('/');
      execFileSync('chown', [`${user}:`, `${root}/${first}`, `${root}/${name}`]);
    }
  }
}

function start(unit) {
  if (mainPid(unit) > 0 && isAlive(mainPid(unit))) return;
  const of = readUnit(unit);
  const [user = 'root'] = of('User');
  makeFolders(of, user);
  const env = environmentOf(of, user);
  for (const line of of('ExecStartPre')) execFileSync('sh', ['-c', line.replace(/^-/, '')], { env });
  const words = wordsOf(of('ExecStart').at(-1));
  const [capabilities] = of('AmbientCapabilities');
  const caps = capabilities?.toLowerCase().replace('cap_', '+');
  const as =
    user === 'root'
      ? []
      : [
          ...['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'],
          ...(caps === undefined ? [] : [`--inh-caps=${caps}`, `--ambient-caps=${caps}`]),
        ];
  const log = openSync(`${LOGS}/${unit}.log`, 'a');
  const [command, ...args] = [...as, ...words];
  const child = spawn(command, args, {
    env,
    cwd: of('WorkingDirectory')[0] ?? '/',
    stdio: ['ignore', log, log],
    detached: true,
  });
  child.unref();
  writeFileSync(pidFile(unit), String(child.pid));
}

function stop(unit) {
  const pid = mainPid(unit);
  if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + ENDS_WITHIN_MS;
  while (isAlive(pid) && Date.now() < deadline) execFileSync('sleep', ['0.1']);
  rmSync(pidFile(unit), { force: true });
}

function reload(unit) {
  const [line = '/bin/kill -HUP $MAINPID'] = readUnit(unit)('ExecReload');
  execFileSync('sh', ['-c', line], { env: { ...process.env, MAINPID: String(mainPid(unit)) } });
}

function isActive(unit) {
  const active = mainPid(unit) > 0 && isAlive(mainPid(unit));
  console.log(active ? 'active' : 'inactive');
  if (!active) process.exitCode = 3;
}

mkdirSync(RUN, { recursive: true });
mkdirSync(LOGS, { recursive: true });
const [verb, ...rest] = process.argv.slice(2);
const units = rest.filter((word) => !word.startsWith('-')).map((word) => word.replace(/\.service$/, ''));
const now = rest.includes('--now');
const VERBS = {
  'daemon-reload': () => {},
  enable: (unit) => now && start(unit),
  disable: (unit) => now && stop(unit),
  restart: (unit) => {
    stop(unit);
    start(unit);
  },
  'is-active': isActive,
  start,
  stop,
  reload,
};
if (VERBS[verb] === undefined) throw new Error(`this stand-in has no ${verb}`);
if (verb === 'daemon-reload') process.exit(0);
for (const unit of units) VERBS[verb](unit);
