/**
 * Asks a server again and again whether it can be used, while a process runs: what was right at the start may change.
 * Says in the log when a fault comes, changes or goes. Asks nobody else; a question that is open is not asked again.
 */
import type { Logger } from './logger.ts';
import { ServerFault } from './server-fault.ts';

const ASK_EVERY_MS = 2_000;
/** Of clocks, which drift apart, or are set. */
const ASK_CLOCK_EVERY_MS = 10_000;

export class ServerWatch {
  /** Undefined while the server can be used. */
  fault: ServerFault | undefined;
  readonly #ask: () => Promise<void>;
  readonly #logger: Pick<Logger, 'error' | 'info'>;
  readonly #timer: NodeJS.Timeout;
  #asking: Promise<void> | undefined;

  /** `ask` rejects with ServerFault; any other error says nothing about the server. */
  constructor(ask: () => Promise<void>, logger: Pick<Logger, 'error' | 'info'>, every_ms = ASK_EVERY_MS) {
    this.#ask = ask;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.look(), every_ms);
    this.#timer.unref();
    void this.look();
  }

  /** Resolves when the server has answered, or has not in time. Never rejects. */
  async look(): Promise<void> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #askOnce(): Promise<void> {
    const before = this.fault;
    const error = await this.#ask().then(
      () => undefined,
      (reason) => reason as unknown,
    );
    if (error !== undefined && !(error instanceof ServerFault)) return;
    this.fault = error;
    if (error !== undefined && error.found !== before?.found)
      this.#logger.error({ setting: error.setting }, error.message);
    if (error === undefined && before !== undefined)
      this.#logger.info(
        { setting: before.setting },
        `${before.setting} (${before.place}): it can be used again`,
      );
  }
}

/** Watches whether the clocks of servers agree with this machine's; each of `asks` asks one, by turns. */
export const watchClocks = (
  logger: Pick<Logger, 'error' | 'info'>,
  ...asks: readonly (() => Promise<void>)[]
): ServerWatch =>
  new ServerWatch(
    async () => {
      for (const ask of asks) await ask();
    },
    logger,
    ASK_CLOCK_EVERY_MS,
  );
