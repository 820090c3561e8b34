/** Errors of ClickHouse's HTTP interface: the engine's codes, the statuses that belong to them. */
import { BusyError } from './busy-error.ts';

/** ClickHouse's own mapping of its codes to statuses, where it is not 500. */
const STATUS: Record<number, number> = {
  ...Object.fromEntries(
    [6, 26, 27, 36, 38, 41, 43, 47, 53, 62, 69, 70, 72, 117, 130, 386].map((code) => [code, 400]),
  ),
  ...Object.fromEntries([16, 46, 50, 57, 60, 81, 82].map((code) => [code, 404])),
  164: 403,
};

/** An error of the interface itself. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Status, ClickHouse's code, and the text that a client reads. */
export function described(error: unknown): { status: number; code: number; message: string } {
  if (error instanceof HttpError) {
    return {
      status: error.status,
      code: error.code,
      message: `Code: ${error.code}. DB::Exception: ${error.message}.`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BusyError) {
    return {
      status: 503,
      code: 202,
      message: `Code: 202. DB::Exception: ${message}. (TOO_MANY_SIMULTANEOUS_QUERIES)`,
    };
  }
  const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 0);
  const text = message.slice(Math.max(0, message.indexOf('Code: ')));
  return {
    status: STATUS[code] ?? 500,
    code,
    message: code === 0 ? `Code: 0. DB::Exception: ${message}` : text,
  };
}
