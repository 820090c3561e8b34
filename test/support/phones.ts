/** Recipients and bots that open links, and write down every answer. */
import { Agent, request } from 'node:http';

export const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
export const ANDROID =
  'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';
export const BOT = 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)';

/** Below the time after which a redirect process closes a connection that is idle (10 s): neither end meets the other's close. */
const KEPT_IDLE_MS = 4_000;

/** Connections that are kept between requests, as a browser keeps them. */
export const keptConnections = (maxSockets: number): Agent =>
  new Agent({ keepAlive: true, maxSockets, timeout: KEPT_IDLE_MS });

export interface Answer {
  status: number;
  location: string;
}

export interface Phones {
  /** Opens one link; undefined where no answer came. */
  open(
    link_id: string,
    user_agent: string,
    method?: 'GET' | 'HEAD',
    /** Where it comes from, as a proxy says. */
    address?: string,
  ): Promise<Answer | undefined>;
  close(): void;
}

export function createPhones(redirect_url: string, connections: number): Phones {
  const agent = keptConnections(connections);
  const { hostname, port } = new URL(redirect_url);
  return {
    open: (link_id, user_agent, method = 'GET', address) =>
      new Promise((resolve) => {
        const headers = {
          'user-agent': user_agent,
          ...(address === undefined ? {} : { 'x-forwarded-for': address }),
        };
        const call = request({ hostname, port, method, path: `/${link_id}`, agent, headers }, (response) => {
          response.resume();
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '' }),
          );
          response.once('error', () => resolve(undefined));
        });
        call.once('error', () => resolve(undefined));
        call.setTimeout(15_000, () => call.destroy());
        call.end();
      }),
    close: () => agent.destroy(),
  };
}

/** The click id that the destination carries, '' where there is none. */
export function clickIdOf(answer: Answer): string {
  return answer.location === '' ? '' : (new URL(answer.location).searchParams.get('click') ?? '');
}
