/**
 * What is wrong with a server that a setting names: in the operator's words, with what was found and what to do. Some
 * faults pass by themselves, and a process waits for that; the others end its start.
 */
import type { Logger } from './logger.ts';
import { OperatorError } from './operator-error.ts';
import { sleep } from './sleep.ts';

/** How long to wait before the server is asked again; twice as long each time, up to the second. */
const ASK_AGAIN_MS = { first: 200, most: 2_000 } as const;
const TELL_EVERY_MS = 30_000;

/** Names of settings that hold the address of a server. */
export type AddressSetting = 'REDIS_URL' | 'CLICKHOUSE_URL';

export class ServerFault extends OperatorError {
  readonly code = 'server_fault';
  readonly setting: AddressSetting;
  /** Host and port. */
  readonly place: string;
  readonly found: string;
  readonly advice: string;
  /** It may pass without a change of settings: the server starts, or becomes a primary. */
  readonly passes: boolean;

  /** `found` and `advice` are parts of one sentence: `<setting> (<host:port>): <found>: <advice>`. */
  constructor(
    setting: AddressSetting,
    url: string,
    { found, advice, passes }: { found: string; advice: string; passes: boolean },
  ) {
    super(`${setting} (${placeOf(url)}): ${found}: ${advice}`);
    this.setting = setting;
    this.place = placeOf(url);
    this.found = found;
    this.advice = advice;
    this.passes = passes;
  }
}

/** Host and port, or several with commas between them, without user and password. */
export function placeOf(url: string): string {
  const [, hosts] = /^\w+:\/\/(?:[^/]*@)?([^/]*)/.exec(url) ?? [];
  if (hosts === '') return 'no host';
  const isPlace = (host: string): boolean => URL.canParse(`http://${host}`);
  return hosts?.split(',').every(isPlace) ? hosts : 'not an address';
}

/** Times are compared between machines; NTP keeps clocks within milliseconds of each other. */
export const CLOCK_OFF_MS_MAX = 5_000;

/**
 * The fault of clocks that differ by more than CLOCK_OFF_MS_MAX: `server_ms` was the server's at some time between
 * `asked_ms` and `answered_ms` by the clock here.
 */
export function clockFault(
  setting: AddressSetting,
  url: string,
  { asked_ms, answered_ms, server_ms }: { asked_ms: number; answered_ms: number; server_ms: number },
): ServerFault | undefined {
  const ahead_ms = asked_ms > server_ms ? asked_ms - server_ms : Math.min(0, answered_ms - server_ms);
  if (Math.abs(ahead_ms) <= CLOCK_OFF_MS_MAX) return undefined;
  const by_s = Math.round(Math.abs(ahead_ms) / 1_000);
  return new ServerFault(setting, url, {
    found: `the clock of this machine is ${by_s} s ${ahead_ms > 0 ? 'ahead of' : 'behind'} the clock there`,
    advice: `set both by NTP; at most ${CLOCK_OFF_MS_MAX / 1_000} s are allowed`,
    passes: true,
  });
}

/** Faults of the way to a server, by the code of the error; the same for every kind of server. */
const BY_CODE: Record<string, { found: string; advice: string; passes: boolean }> = {
  ECONNREFUSED: {
    found: 'nothing listens there',
    advice: 'start the server, or correct the address',
    passes: true,
  },
  ENOTFOUND: { found: 'DNS does not know this name', advice: 'correct it, or mend DNS', passes: true },
  EAI_AGAIN: { found: 'DNS does not answer', advice: 'mend DNS, or give an IP address', passes: true },
  ETIMEDOUT: {
    found: 'no answer',
    advice: 'look for a firewall between, a wrong address, or a machine that is down',
    passes: true,
  },
  EHOSTUNREACH: {
    found: 'no way to that machine',
    advice: 'look for a firewall between, or a machine that is down',
    passes: true,
  },
  ENETUNREACH: {
    found: 'no way to that network',
    advice: 'look at the routes of this machine',
    passes: true,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    found: 'its certificate is self-signed',
    advice: 'name the file of its authority in NODE_EXTRA_CA_CERTS',
    passes: false,
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    found: 'its certificate is of an authority that is not known here',
    advice: 'name the file of that authority in NODE_EXTRA_CA_CERTS',
    passes: false,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    found: 'its certificate is of an authority that is not known here',
    advice: 'name the file of that authority in NODE_EXTRA_CA_CERTS',
    passes: false,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    found: 'its certificate is of an authority that is not known here',
    advice: 'name the file of that authority in NODE_EXTRA_CA_CERTS',
    passes: false,
  },
  CERT_HAS_EXPIRED: {
    found: 'its certificate has expired',
    advice: 'renew it, and look at the clocks of both machines',
    passes: true,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    found: 'its certificate is for another name',
    advice: 'use the name that the certificate has',
    passes: false,
  },
};

/** The fault of the way to the server that `error` tells of; undefined for any other error. */
export function wayFault(setting: AddressSetting, url: string, error: unknown): ServerFault | undefined {
  const known = BY_CODE[codeOf(error)];
  return known && new ServerFault(setting, url, known);
}

/** The code of an error, or of the first of several that it gathers: one for each address of a name. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return cause === undefined ? '' : codeOf(cause);
}

/**
 * Resolves with what `ask` resolves with; asks again for as long as it rejects with a fault that passes, and says what
 * it waits for: at once, when the reason changes, and every half minute. Rejects with everything else. There is no end:
 * whoever runs the process ends it.
 */
export async function untilServes<T>(
  ask: () => Promise<T>,
  logger: Pick<Logger, 'warn' | 'info'>,
): Promise<T> {
  let told = '';
  let told_at = 0;
  for (let pause_ms: number = ASK_AGAIN_MS.first; ; pause_ms = Math.min(2 * pause_ms, ASK_AGAIN_MS.most)) {
    try {
      const answer = await ask();
      if (told !== '') logger.info('the wait is over');
      return answer;
    } catch (error) {
      if (!(error instanceof ServerFault) || !error.passes) throw error;
      if (error.message !== told || performance.now() - told_at >= TELL_EVERY_MS) {
        told = error.message;
        told_at = performance.now();
        logger.warn({ setting: error.setting }, `waiting: ${error.message}`);
      }
    }
    await sleep(pause_ms);
  }
}
