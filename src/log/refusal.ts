/** Why a log did not take rows, as its scripts answer it (lua/add-entry.lua) and as errors. Nothing was added. Pure. */
import { streamKey } from './keys.ts';

/** The partition has reached a bound. */
export const FULL = -1;
/** The partition is closed. */
export const MOVED = -2;

/** The log is at its bound; nothing was added. */
export class LogFullError extends Error {
  readonly code: string = 'log_full';
}

/** The partition is closed, because the layout changes; nothing was added. Try again in the layout that follows. */
export class MovedError extends LogFullError {
  override readonly code = 'log_moved';
}

/** The error of an answer below zero. */
export const refusal = (log: string, partition: number, answer: number): LogFullError =>
  answer === MOVED
    ? new MovedError(`the partitions of the log change, and ${streamKey(log, partition)} is closed`)
    : new LogFullError(`the log ${streamKey(log, partition)} is full`);
