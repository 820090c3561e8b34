/**
 * Structured logs, one JSON object a line on standard output. Never personal data or keys: log ids,
 * counts and codes, not addresses, user agents, bodies or headers.
 */
import { type Logger, pino } from 'pino';

export type { Logger };

/** A logger whose lines carry the process's name. `level` is a pino level; `fd` is another than standard output. */
export function createLogger(process_name: string, level: string, fd = 1): Logger {
  const options = {
    level,
    base: { process: process_name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
    redact: ['key', 'api_key', 'admin_key', '*.api_key'],
  };
  return pino(options, pino.destination(fd));
}
