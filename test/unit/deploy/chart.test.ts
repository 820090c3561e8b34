/**
 * The Helm chart, rendered by Helm: every manifest is one that Kubernetes, KEDA and the Prometheus operator know, every pod is
 * as locked up as the chart says, and wrong values are refused. It was never installed: no cluster is asked.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SYSTEM_GRANTS } from '../../../src/clickhouse/grants.ts';
import {
  CHART,
  chartTools,
  faultsOf,
  hasDefinitions,
  type Manifest,
  parseYaml,
} from '../../support/chart.ts';
import { findProgram } from '../../support/programs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const inChart = (path: string): string => readFileSync(join(CHART, path), 'utf8');
const schema = JSON.parse(inChart('values.schema.json'));

/** Every value that adds something, at once. */
const EVERYTHING = {
  image: { pullSecrets: ['pull'], digest: `sha256:${'0'.repeat(64)}` },
  secrets: { oidc: 'oidc', settings: 'more' },
  ca: { configMap: 'ca' },
  botRules: { configMap: 'rules' },
  settings: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
  redirect: {
    tls: { enabled: true, certificates: 'certificates' },
    autoscaling: { by: 'taps' },
    ingress: { enabled: true, className: 'nginx', tlsSecret: 'tls', annotations: { a: 'b' } },
    service: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', annotations: { a: 'b' } },
    volume: { size: '20Gi', storageClass: 'fast' },
    tag: '0.0.9',
    nodeSelector: { pool: 'edge' },
    tolerations: [{ key: 'edge', operator: 'Exists' }],
    priorityClassName: 'high',
    podAnnotations: { a: 'b' },
  },
  worker: { autoscaling: { by: 'backlog' } },
  api: { autoscaling: { by: 'cpu' }, ingress: { enabled: true, hosts: ['api.example.com'] } },
  backup: { enabled: true, claim: 'backups' },
  networkPolicy: {
    redis: { ports: [6379, 26379], to: [{ podSelector: { matchLabels: { app: 'redis' } } }] },
  },
  monitoring: {
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
    rules: { enabled: true, labels: { release: 'prometheus' }, runbookUrl: 'https://wiki.example/RUNBOOK' },
    dashboard: { enabled: true },
  },
  serviceAccount: { annotations: { role: 'backup' } },
};

const VALUES: [string, object | string][] = [
  ['no values', {}],
  ['every value', EVERYTHING],
  ['analysts', { settings: { ANALYST_PORT: '8124' }, api: { replicas: 1 } }],
  ['the smallest', { networkPolicy: { enabled: false }, migration: { enabled: false } }],
  ...['cluster', 'one-machine'].map((name): [string, string] => [
    `examples/${name}.values.yaml`,
    join(CHART, `examples/${name}.values.yaml`),
  ]),
];

/** Pod templates by the name of what makes them. */
const podsOf = (manifests: Manifest[]): [string, Manifest][] =>
  manifests.flatMap((one) => {
    const template = one.spec?.jobTemplate?.spec.template ?? one.spec?.template;
    return template === undefined ? [] : [[`${one.kind} ${one.metadata.name}`, template]];
  });
const ofKind = (manifests: Manifest[], kind: string): Manifest[] =>
  manifests.filter((one) => one.kind === kind);
const covers = (selector: Record<string, string>, pod: Manifest): boolean =>
  Object.entries(selector).every(([name, value]) => pod.metadata.labels[name] === value);

describe.skipIf(chartTools === undefined)('Helm', () => {
  // Without them nothing below runs, but is read.
  const { helm, render } = (chartTools ?? {}) as NonNullable<typeof chartTools>;
  const rendered = new Map(VALUES.map(([name, values]) => [name, render(values, 'trackly')]));
  const everything = rendered.get('every value') ?? [];

  it('lints the chart', () => {
    const { stdout, status } = helm(['lint', '--strict', CHART]);
    expect([status, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });

  it.each([...rendered])(
    'with %s renders only what Kubernetes and the operators know',
    async (_name, manifests) => {
      expect(manifests.length).toBeGreaterThan(9);
      expect(await faultsOf(manifests)).toEqual([]);
    },
  );

  it('finds a field that there is not, and a value of the wrong form', async () => {
    const broken = structuredClone(ofKind(everything, 'StatefulSet'));
    broken[0].spec.template.spec.containers[0].securityContext.readOnlyRootFileSystem = true;
    broken[1].spec.replicas = 'two';
    const faults = (await faultsOf(broken)).join('\n');
    expect(faults).toMatch(/readOnlyRootFileSystem/);
    expect(faults).toMatch(/replicas/);
  });

  it('locks every pod up: no root, no privilege, nothing writable but its data, no token', () => {
    const pods = podsOf(everything);
    expect(pods.map(([name]) => name)).toHaveLength(6);
    for (const [name, { spec }] of pods) {
      expect([name, spec.securityContext]).toEqual([
        name,
        expect.objectContaining({
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        }),
      ]);
      expect([name, spec.automountServiceAccountToken, spec.hostNetwork]).toEqual([name, false, undefined]);
      for (const container of spec.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const writable = container.volumeMounts.filter((mount: Manifest) => mount.readOnly !== true);
        expect(writable.map((mount: Manifest) => mount.mountPath)).toEqual(
          name.includes('backup') ? ['/data', '/tmp', '/backups'] : ['/data', '/tmp'],
        );
        expect(container.resources).toMatchObject({
          requests: { cpu: expect.anything() },
          limits: { memory: expect.anything() },
        });
      }
    }
  });

  it('takes passwords only from secrets that exist, and gives the admin key to the API alone', () => {
    expect(ofKind(everything, 'Secret')).toEqual([]);
    for (const [name, { spec }] of podsOf(everything)) {
      const env: Manifest[] = spec.containers[0].env;
      const secret = env
        .filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)
        .map((one) => one.name);
      const more = name.endsWith('-api') ? ['ADMIN_KEY'] : [];
      expect([name, secret]).toEqual([
        name,
        name.endsWith('-migration') ? ['CLICKHOUSE_URL'] : ['REDIS_URL', 'CLICKHOUSE_URL', ...more],
      ]);
      expect(env.filter((one) => /_URL$|KEY$/.test(one.name) && one.value !== undefined)).toEqual([]);
      expect(new Set(env.map((one) => one.name)).size).toBe(env.length);
    }
  });

  it('runs commands that there are, under probes that the processes answer', () => {
    const commands = [...read('src/main.ts').matchAll(/^ {2}'?([a-z-]+)'?: (?:\{|role)/gm)].map(
      ([, name]) => name,
    );
    for (const [, { spec }] of podsOf(everything)) expect(commands).toContain(spec.containers[0].args[0]);
    const answers = read('src/supervisor/metrics-listener.ts');
    for (const { metadata, spec } of ofKind(everything, 'StatefulSet')) {
      const [{ startupProbe, livenessProbe, readinessProbe, ports }] = spec.template.spec.containers;
      for (const probe of [startupProbe, livenessProbe]) {
        expect(answers).toContain(`'${probe.httpGet.path}':`);
        expect(probe.httpGet.port).toBe('metrics');
      }
      expect([metadata.name, readinessProbe.httpGet]).toEqual([
        metadata.name,
        { path: '/readyz', port: metadata.name.endsWith('worker') ? 'metrics' : 'http' },
      ]);
      expect(ports.map((port: Manifest) => port.name)).toContain(readinessProbe.httpGet.port);
    }
  });

  it('spreads every role over zones and nodes, and lets one pod of it go at a time', () => {
    const sets = [...ofKind(everything, 'StatefulSet'), ...ofKind(everything, 'Deployment')];
    expect(sets).toHaveLength(4);
    for (const { metadata, spec } of sets) {
      const budgets = ofKind(everything, 'PodDisruptionBudget').filter((budget) =>
        covers(budget.spec.selector.matchLabels, spec.template),
      );
      expect([metadata.name, budgets.map((budget) => budget.spec.maxUnavailable)]).toEqual([
        metadata.name,
        [1],
      ]);
      expect(covers(spec.selector.matchLabels, spec.template)).toBe(true);
    }
    for (const { spec } of ofKind(everything, 'StatefulSet')) {
      const spread: Manifest[] = spec.template.spec.topologySpreadConstraints;
      expect(spread.map((one) => one.topologyKey).toSorted()).toEqual([
        'kubernetes.io/hostname',
        'topology.kubernetes.io/zone',
      ]);
      for (const one of spread) expect(covers(one.labelSelector.matchLabels, spec.template)).toBe(true);
    }
  });

  it('lets no pod without a policy of the network, and opens no port that nothing listens on', () => {
    for (const [name, pod] of podsOf(everything)) {
      const [policy, ...others] = ofKind(everything, 'NetworkPolicy').filter((one) =>
        covers(one.spec.podSelector.matchLabels, pod),
      );
      expect([name, others, policy?.spec.policyTypes]).toEqual([name, [], ['Ingress', 'Egress']]);
      const open = policy.spec.ingress.flatMap((rule: Manifest) =>
        rule.ports.map((port: Manifest) => port.port),
      );
      const listens = (pod.spec.containers[0].ports ?? []).map((port: Manifest) => port.containerPort);
      expect([name, open.toSorted()]).toEqual([name, listens.toSorted()]);
      const out = policy.spec.egress.flatMap((rule: Manifest) => rule.ports.map((one: Manifest) => one.port));
      const pushes = /redirect|worker|api/.test(name);
      expect([name, out.includes(4318)]).toEqual([name, pushes]);
    }
  });

  it('sends Services, Ingresses, autoscalers and monitors to something that is there', () => {
    const pods = podsOf(everything).map(([, pod]) => pod);
    const services = ofKind(everything, 'Service');
    for (const { metadata, spec } of services) {
      const behind = pods.filter((pod) => covers(spec.selector, pod));
      expect([metadata.name, behind.length]).toEqual([metadata.name, expect.toSatisfy((count) => count > 0)]);
      const names = behind.flatMap(
        (pod) => pod.spec.containers[0].ports?.map((port: Manifest) => port.name) ?? [],
      );
      for (const port of spec.ports) expect(names).toContain(port.targetPort);
    }
    const [monitor] = ofKind(everything, 'ServiceMonitor');
    expect(services.filter((one) => covers(monitor.spec.selector.matchLabels, one))).toHaveLength(1);
    // Alarms ask for job="trackly".
    expect(services[0].metadata.labels[monitor.spec.jobLabel]).toBe('trackly');
    const sets = ofKind(everything, 'StatefulSet').map((one) => one.metadata.name);
    const scaled = [...ofKind(everything, 'ScaledObject'), ...ofKind(everything, 'HorizontalPodAutoscaler')];
    expect(scaled).toHaveLength(3);
    for (const { spec } of scaled) expect(sets).toContain(spec.scaleTargetRef.name);
    // Who scales sets the number.
    expect(ofKind(everything, 'StatefulSet').filter((one) => one.spec.replicas !== undefined)).toEqual([]);
    for (const { spec } of ofKind(everything, 'Ingress')) {
      const { service } = spec.rules[0].http.paths[0].backend;
      expect(services.map((one) => one.metadata.name)).toContain(service.name);
    }
  });

  it('keeps the spool of a pod that is scaled away', () => {
    for (const { spec } of ofKind(everything, 'StatefulSet')) {
      expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({
        whenScaled: 'Retain',
        whenDeleted: 'Retain',
      });
      expect(spec.volumeClaimTemplates[0].metadata.name).toBe('data');
    }
  });

  it('brings the schema up to date before anything else of a release', () => {
    const [job] = ofKind(everything, 'Job');
    expect(job.metadata.annotations['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    // What the chart makes is not there yet, but for the policy of the network.
    expect(job.spec.template.spec.serviceAccountName).toBe('default');
    const hooks = everything.filter((one) => one.metadata.annotations?.['helm.sh/hook'] !== undefined);
    expect(
      hooks.map((one) => `${one.kind} ${one.metadata.annotations['helm.sh/hook-weight']}`).toSorted(),
    ).toEqual(['Job 0', 'NetworkPolicy -5']);
  });

  it('gives the Prometheus operator exactly the rules of deploy/alerts.yml, with links to your runbook', () => {
    const [rule] = ofKind(everything, 'PrometheusRule');
    const text = read('deploy/alerts.yml').replaceAll('RUNBOOK.md#', 'https://wiki.example/RUNBOOK#');
    expect(rule.spec).toEqual(parseYaml(text)[0]);
    const [dashboard] = ofKind(everything, 'ConfigMap');
    expect(dashboard.data['trackly-operation.json']).toBe(read('deploy/grafana-operators.json'));
  });

  it.skipIf(findProgram('promtool') === undefined)('asks Prometheus what it understands, to scale by', () => {
    const queries = ofKind(everything, 'ScaledObject').flatMap((one) =>
      one.spec.triggers.map(({ metadata }: Manifest) => metadata.query),
    );
    expect(queries).toHaveLength(3);
    const rules = queries.map((expr: string, i: number) => ({ record: `query:${i}`, expr }));
    const folder = mkdtempSync(join(tmpdir(), 'trackly-queries-'));
    const file = join(folder, 'queries.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'scaling', rules }] }));
    expect(
      execFileSync(findProgram('promtool') ?? '', ['check', 'rules', file], { encoding: 'utf8' }),
    ).toContain('SUCCESS');
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a setting that there is not', { settings: { REDIRECT_SPEED: '9' } }, /REDIRECT_SPEED/],
    ['a setting that the chart sets', { settings: { METRICS_PORT: '1' } }, /METRICS_PORT/],
    ['a password among the settings', { settings: { REDIS_URL: 'redis://:x@r' } }, /REDIS_URL/],
    ['a setting that is no text', { settings: { TRUST_PROXY: 1 } }, /TRUST_PROXY/],
    ['a value that there is not', { redirect: { replica: 3 } }, /replica/],
    ['a part that there is not', { redis: { enabled: true } }, /redis/],
    ['a number as text', { worker: { replicas: 'two' } }, /replicas/],
    ['another way to scale', { api: { autoscaling: { by: 'taps' } } }, /by/],
    ['a size that is none', { redirect: { volume: { size: 'large' } } }, /size/],
    ['a secret without a name', { secrets: { redis: { name: '' } } }, /name/],
    ['a schedule that is none', { backup: { schedule: 'nightly' } }, /schedule/],
    [
      'analysts at several pods, each with its own passwords',
      { settings: { ANALYST_PORT: '8124' } },
      /api.replicas/,
    ],
    ['a policy without ports', { networkPolicy: { redis: { ports: [] } } }, /ports/],
  ])('refuses %s, and names it', (_what, values, named) => {
    expect(() => render(values)).toThrow(named);
  });
});

it('takes as settings what there is, but for secrets and what the chart sets itself', () => {
  const known = [...read('src/config.ts').matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)].map(
    ([, name = '']) => name,
  );
  // Of a person's machine, where their own credentials are.
  const of_person = /^XDG_CONFIG_HOME$/;
  const secret =
    /^(REDIS_URL|CLICKHOUSE_URL|ADMIN_KEY|OIDC_\w+|AWS_\w+|BACKUP_(TO|RECIPIENT|KEY_FILE|PLAIN)|OTEL_EXPORTER_OTLP_HEADERS|SMTP_URL)$/;
  const by_chart =
    /^(TRACKLY_\w+|REDIRECT_(HOST|PORT|PROCESSES)|API_(HOST|PORT|URL)|TLS_(PORT|CERTIFICATES)|METRICS_(HOST|PORT)|DATA_DIR|BOT_RULES|CLICKHOUSE_(TCP_)?PORT)$/;
  const taken = known.filter((name) => ![of_person, secret, by_chart].some((others) => others.test(name)));
  const { enum: allowed } = schema.properties.settings.propertyNames;
  expect(allowed).toEqual(allowed.toSorted());
  expect(taken.filter((name) => !allowed.includes(name))).toEqual([]);
  expect(allowed.filter((name: string) => !known.includes(name))).toEqual([]);
});

it.each(['alerts.yml', 'grafana-operators.json'])(
  'the chart’s copy of %s is that of deploy: cp deploy/%s deploy/helm/trackly/files/',
  (file) => {
    expect(inChart(`files/${file}`)).toBe(read(`deploy/${file}`));
  },
);

it.skipIf(!hasDefinitions)('the example of ClickHouse grants exactly the rights that it needs', () => {
  const [, installation] = parseYaml(inChart('examples/clickhouse.yaml'));
  const granted: string[] = installation.spec.configuration.users['trackly/grants/query'];
  const rights = granted.map((right) => right.replace(/^GRANT /, ''));
  expect(rights.slice(0, SYSTEM_GRANTS.length)).toEqual(SYSTEM_GRANTS);
  // What a cluster needs besides: to ask the other nodes, and its engines.
  const besides = rights.slice(SYSTEM_GRANTS.length);
  expect(
    besides.filter((right) => !/^(REMOTE ON|TABLE ENGINE ON|SELECT ON system\.clusters$)/.test(right)),
  ).toEqual([]);
});

it.skipIf(!hasDefinitions)('the example of Redis has the settings of deploy/redis.conf', () => {
  const [settings] = parseYaml(inChart('examples/redis.yaml'));
  const lines: string[] = settings.data['redis-additional.conf'].trim().split('\n');
  const ours = read('deploy/redis.conf').split('\n');
  const shared = lines.filter((line) => !/^(min-replicas|cluster-)/.test(line));
  expect(shared.length).toBeGreaterThan(4);
  expect(shared.filter((line) => !ours.includes(line))).toEqual([]);
});
