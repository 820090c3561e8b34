/**
 * What is kept free on a disk for what must not stop. Below the reserve, whatever can wait is to be refused; below half
 * of it, everything but the logs themselves is to wait. It looks every LOOK_EVERY_MS, and says in the log when that
 * changes. A disk that can not be asked counts as having room.
 */
import { spaceOf } from './disk.ts';
import type { Logger } from './logger.ts';

const LOOK_EVERY_MS = 1_000;
const RESERVE_BYTES_MAX = 1_024 ** 3;
/** Of a small disk the reserve is this part. */
const RESERVE_SHARE = 0.1;
/** There is room again only above this multiple of a bound, so that it does not change every second. */
const AGAIN = 1.05;

/** `low`: below the reserve. `lowest`: below half of it. */
export type DiskState = 'room' | 'low' | 'lowest';

/** The reserve of a disk of this size, where none is set. */
export const defaultReserve = (size_bytes: number): number =>
  Math.min(RESERVE_BYTES_MAX, Math.floor(size_bytes * RESERVE_SHARE));

export function stateOfDisk(free_bytes: number, reserve_bytes: number, before: DiskState): DiskState {
  const above = (bound: number, was_below: boolean): boolean =>
    free_bytes >= (was_below ? bound * AGAIN : bound);
  if (!above(reserve_bytes / 2, before === 'lowest')) return 'lowest';
  return above(reserve_bytes, before !== 'room') ? 'room' : 'low';
}

/** For a disk of which nothing is known. */
export const UNKNOWN_DISK: Pick<DiskReserve, 'state' | 'why'> = { state: 'room', why: '' };

const MB = 1_024 * 1_024;

export class DiskReserve {
  state: DiskState = 'room';
  free_bytes = Number.POSITIVE_INFINITY;
  reserve_bytes = 0;
  readonly #folder: string;
  readonly #reserve_bytes: number | undefined;
  readonly #logger: Pick<Logger, 'warn' | 'info'>;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    folder: string,
    reserve_bytes: number | undefined,
    logger: Pick<Logger, 'warn' | 'info'>,
  ) {
    this.#folder = folder;
    this.#reserve_bytes = reserve_bytes;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Resolves when it has looked once. `reserve_bytes` undefined: defaultReserve; 0: none. */
  static async open(
    folder: string,
    reserve_bytes: number | undefined,
    logger: Pick<Logger, 'warn' | 'info'>,
  ): Promise<DiskReserve> {
    const reserve = new DiskReserve(folder, reserve_bytes, logger);
    await reserve.#look();
    return reserve;
  }

  /** What was found, for people. */
  get why(): string {
    const free_mb = Math.floor(this.free_bytes / MB);
    return `the disk of DATA_DIR has ${free_mb} MiB left, and the last ${Math.ceil(this.reserve_bytes / MB)} MiB are kept for the log and the spool (DISK_RESERVE_MB)`;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const found = await spaceOf(this.#folder);
    if (found === undefined) return;
    this.free_bytes = found.free_bytes;
    this.reserve_bytes = this.#reserve_bytes ?? defaultReserve(found.size_bytes);
    const before = this.state;
    this.state = stateOfDisk(this.free_bytes, this.reserve_bytes, before);
    if (this.state === before) return;
    const { free_bytes, reserve_bytes } = this;
    const fields = { disk: this.state, free_bytes, reserve_bytes, folder: this.#folder };
    if (this.state === 'room') this.#logger.info(fields, 'the disk has room again');
    else this.#logger.warn(fields, `the disk is nearly full: ${this.why}`);
  }
}
