/**
 * Structured logs, one JSON object a line on standard output. Never log personal data or keys: log ids, counts and
 * codes; no addresses, user agents, bodies or headers.
 */
import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * A logger whose lines carry the process's name. `level` is a pino level; `fd` is the file that it writes to, standard
 * output by default.
 */
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
