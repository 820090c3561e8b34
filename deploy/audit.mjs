/**
 * Looks for published advisories about the production packages (`npm audit`). Prints one line. Ends with status 1 where an
 * advisory is high or critical; with 0 where there is none, and where the registry can't be asked or offers no
 * advisories: a machine without a network still tests. Plain JavaScript without dependencies: it needs no package.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const STOPPING = ['high', 'critical'];

/** `{ line, status }` for what npm printed. */
export function readAudit(output) {
  const report = parsed(output);
  const counts = report?.metadata?.vulnerabilities;
  if (counts === undefined) {
    const reason = report?.message ?? report?.error?.summary ?? (output.trim().split('\n')[0] || 'no answer');
    return { line: `advisories: could not be checked (${reason})`, status: 0 };
  }
  const found = Object.entries(counts).filter(([severity, count]) => severity !== 'total' && count > 0);
  if (found.length === 0) return { line: 'advisories: none', status: 0 };
  const stops = found.some(([severity]) => STOPPING.includes(severity));
  const names = Object.keys(report.vulnerabilities ?? {}).join(', ');
  const listed = found.map(([severity, count]) => `${count} ${severity}`).join(', ');
  return { line: `advisories: ${listed} (${names}); see npm audit --omit=dev`, status: stops ? 1 : 0 };
}

function parsed(output) {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  const { line, status } = readAudit(asked.stdout || asked.error?.message || asked.stderr || '');
  console.log(line);
  process.exitCode = status;
}
