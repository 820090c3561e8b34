/** Whether waiting for a difference is worth it; the console says it in other words than the API. Pure. */

/** If this many times the messages sent so far are needed, the difference is not worth waiting for. */
const HOPELESS_TIMES = 10;

/** `needed`: further messages; null where no number would be enough. `sent`: so far. */
export const isHopeless = (needed: number | null, sent: number): boolean =>
  needed === null || needed > HOPELESS_TIMES * sent;
