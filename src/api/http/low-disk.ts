/**
 * The refusal of what would use up the reserve of the disk: what is stored for long (`config.stores`, and bodies that are
 * held) is refused first, so that taps go on. Pure.
 */
import type { DiskReserve } from '../../platform/disk-reserve.ts';
import { ApiError } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What it stores stays: it is refused while the disk under Redis has no more than its reserve. */
    stores?: boolean;
  }
}

/** Throws ApiError where the disk has no more than its reserve. */
export function refuseLowDisk({ state, why }: Pick<DiskReserve, 'state' | 'why'>): void {
  if (state === 'room') return;
  throw new ApiError('disk_full_soon', `nothing was stored, because ${why}: tell the operator to make room`);
}
