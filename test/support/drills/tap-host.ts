/** People who tap a link of a domain whose DNS this process does not ask: at an address, with the name in Host. */
import { Agent, request } from 'node:http';
import { PHONE } from '../phones.ts';

const ANSWER_WITHIN_MS = 15_000;

export interface HostTaps {
  /** Answers by status, and failures by reason. */
  answers: Record<string, number>;
  stop(): Promise<void>;
}

export function tapHost(address: string, link: string, per_second: number): HostTaps {
  const { host, pathname } = new URL(link);
  const answers: Record<string, number> = {};
  const open = new Set<Promise<void>>();
  const agent = new Agent({ keepAlive: false });
  const note = (answer: string): void => {
    answers[answer] = (answers[answer] ?? 0) + 1;
  };
  const tap = (): Promise<void> =>
    new Promise((done) => {
      const end = (answer: string): void => {
        note(answer);
        done();
      };
      const call = request(
        { host: address, port: 80, path: pathname, agent, headers: { host, 'user-agent': PHONE } },
        (response) => {
          response.resume();
          response.once('end', () => end(String(response.statusCode)));
          response.once('error', () => end('cut'));
        },
      );
      call.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
      call.setTimeout(ANSWER_WITHIN_MS, () => call.destroy());
      call.end();
    });
  const timer = setInterval(() => {
    const one = tap().finally(() => open.delete(one));
    open.add(one);
  }, 1_000 / per_second);
  return {
    answers,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}
