/** Load on loopback, bounded in connections and seconds: by wrk, which leaves most of the machine to the server. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { ANDROID } from '../../test/support/phones.ts';
import { type Core, findProgram, pinned } from './contenders.ts';

const run = promisify(execFile);

/** The headers that Chrome on a phone sends with a tap. */
export const PHONE_HEADERS = {
  'User-Agent': ANDROID,
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding': 'gzip, deflate',
  'Accept-Language': 'en-US,en;q=0.9',
  'Upgrade-Insecure-Requests': '1',
  'X-Requested-With': 'com.google.android.apps.messaging',
};

export interface LoadOptions {
  url: string;
  paths: readonly string[];
  seconds: number;
  connections: number;
  core: Core;
  /** True: a new connection for every request, like phones. False: connections that stay open, like a proxy. */
  new_connections?: boolean;
  /**
   * Requests a second, each sent when it is due, even if the server paused; undefined: as fast as they are answered.
   */
  rate?: number | undefined;
}

export interface Load {
  requests: number;
  per_s: number;
  p50_ms: number;
  p99_ms: number;
  /** Sockets that failed, and answers that were not redirects. */
  errors: number;
}

/** wrk asks for the delay in ms before each request; its Lua has no clock. */
const PACED = (rate: number): string => `local ffi = require('ffi')
ffi.cdef('typedef struct { long s, us; } timeval; int gettimeofday(timeval *now, void *zone);')
local now, due = ffi.new('timeval'), nil
function delay()
  ffi.C.gettimeofday(now, nil)
  local ms = tonumber(now.s) * 1000 + tonumber(now.us) / 1000
  due = (due or ms) + ${1_000 / rate}
  return math.max(0, due - ms)
end
`;

/** Requests the paths in random order for this many seconds. */
export async function load(options: LoadOptions): Promise<Load> {
  const { url, paths, seconds, connections, core, new_connections = false, rate } = options;
  const dir = await mkdtemp(join(tmpdir(), 'trackly-load-'));
  try {
    await writeFile(join(dir, 'paths'), paths.join('\n'));
    const headers = Object.entries({ ...PHONE_HEADERS, ...(new_connections ? { Connection: 'close' } : {}) });
    await writeFile(
      join(dir, 'load.lua'),
      `local requests = {}
${headers.map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`).join('\n')}
function init()
  math.randomseed(os.time())
  for path in io.lines(${JSON.stringify(join(dir, 'paths'))}) do
    ${new_connections ? '' : "wrk.headers['X-Forwarded-For'] = '100.64.' .. math.random(250) .. '.' .. math.random(250)"}
    requests[#requests + 1] = wrk.format('GET', path)
  end
end
function request() return requests[math.random(#requests)] end
${rate === undefined ? '' : PACED(rate)}function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"errors":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`,
    );
    const wrk = ['--latency', `-t1`, `-c${connections}`, `-d${seconds}s`, '-s', join(dir, 'load.lua'), url];
    const [command, args] = pinned(core, findProgram('wrk'), wrk);
    const { stdout } = await run(command, args);
    const line = stdout.split('\n').find((text) => text.startsWith('{')) ?? '{}';
    const { requests, us, p50_us, p99_us, errors } = JSON.parse(line) as Record<string, number>;
    return {
      requests: requests ?? 0,
      per_s: Math.round(((requests ?? 0) * 1e6) / (us ?? 1)),
      p50_ms: (p50_us ?? 0) / 1_000,
      p99_ms: (p99_us ?? 0) / 1_000,
      errors: errors ?? 0,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Requests every path once, so that all links are in memory. */
export async function warmUp(url: string, paths: readonly string[]): Promise<void> {
  let next = 0;
  await autocannon({
    url,
    amount: paths.length,
    connections: 64,
    requests: [{ setupRequest: (request) => ({ ...request, path: paths[next++ % paths.length] ?? '' }) }],
  });
}
