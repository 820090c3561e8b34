/** The units of systemd: systemd itself finds nothing wrong with them, and says how little they may do. None is started. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../support/programs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const UNITS = join(ROOT, 'deploy/systemd');
/** Of 10, by `systemd-analyze security`; what is left is what Node and ClickHouse need: the network, and compiled code. */
const EXPOSURE_MAX = 2;
const analyze = findProgram('systemd-analyze');

const names = readdirSync(UNITS);
const services = names.filter((name) => name.endsWith('.service'));
const textOf = (name: string): string => readFileSync(join(UNITS, name), 'utf8');

// As installed, with the programs of a folder in place of /opt/trackly-links; of the template its instance `redirect`.
const folder = mkdtempSync(join(tmpdir(), 'trackly-units-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'deploy'));
cpSync(join(ROOT, 'deploy/trackly'), join(folder, 'deploy/trackly'));
const asInstalled = (name: string, text = textOf(name)): string => {
  const file = name.replace('@.', '@redirect.');
  writeFileSync(join(folder, file), text.replaceAll('/opt/trackly-links', folder));
  return `./${file}`;
};
const run = (...args: string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(analyze ?? '', ['--no-pager', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
};

describe.skipIf(analyze === undefined)('systemd', () => {
  for (const name of services) asInstalled(name);

  it.each(names)('finds nothing wrong with %s', (name) => {
    expect(run('verify', asInstalled(name))).toEqual({ status: 0, said: '' });
  });

  it('would find it', () => {
    const text = textOf('trackly.service').replace('ProtectHome=yes', 'ProtectHme=yes');
    expect(run('verify', asInstalled('broken.service', text)).said).toMatch(/ProtectHme/);
    const gone = textOf('trackly.service').replace('deploy/trackly serve', 'deploy/nothing');
    expect(run('verify', asInstalled('gone.service', gone)).status).not.toBe(0);
  });

  it.each(services)('calls %s little exposed', (name) => {
    const { said } = run('security', '--offline=true', asInstalled(name));
    const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(said) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(EXPOSURE_MAX);
  });
});

it.each(services)('%s runs a command that there is, as nobody special', (name) => {
  const text = textOf(name);
  const [, command = ''] = /^ExecStart=\/opt\/trackly-links\/deploy\/trackly (\S+)/m.exec(text) ?? [];
  const commands = [
    ...readFileSync(join(ROOT, 'src/main.ts'), 'utf8').matchAll(/^ {2}'?([a-z-]+)'?: (?:\{|role)/gm),
  ].map(([, one]) => one);
  expect([...commands, '%i']).toContain(command);
  expect(text).toMatch(/^User=trackly$/m);
  expect(text).toMatch(/^CapabilityBoundingSet=$/m);
});
