/**
 * Structured logs, one JSON object a line on standard output, with the same fields everywhere: `time`, `level`,
 * `process`, `pid`, `msg`, and `error` {code, message, stack} where there is one. At a terminal a line is written for a
 * person. A message that comes too often becomes one line with a count. Never log personal data or keys: log ids, counts
 * and codes; no addresses, user agents, bodies or headers.
 */
import { isatty } from 'node:tty';
import { type Logger, pino } from 'pino';
import { readableLine } from './readable-line.ts';
import { RepeatedLines } from './repeated-lines.ts';

export type { Logger };

/**
 * A logger whose lines carry the process's name. `level` is a pino level; `fd` is the file that it writes to, standard
 * output by default.
 */
export function createLogger(process_name: string, level: string, fd = 1): Logger {
  const destination = pino.destination(fd);
  const repeated = new RepeatedLines((count, line, numeric_level) => {
    logger[nameOf(numeric_level)]({ repeated: count }, line);
  });
  const options = {
    level,
    base: { process: process_name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    errorKey: 'error',
    serializers: { error: errorFields },
    redact: ['key', 'api_key', 'admin_key', '*.api_key'],
    hooks: {
      logMethod(this: Logger, args: Parameters<pino.LogFn>, method: pino.LogFn, numeric_level: number) {
        if (repeated.passes(args, numeric_level)) method.apply(this, args);
      },
    },
  };
  const logger = isatty(fd)
    ? pino(options, { write: (line: string) => destination.write(readableLine(line)) })
    : pino(options, destination);
  return logger;
}

type LevelName = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

const nameOf = (numeric_level: number): LevelName =>
  (pino.levels.labels[numeric_level] ?? 'info') as LevelName;

/** An error as it stands in a line, whatever was thrown. */
function errorFields(error: unknown): { code?: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    ...(typeof code === 'string' ? { code } : {}),
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}

/**
 * Puts into `logger` what would be written past it: warnings of Node, what libraries print with console, and errors that
 * nobody caught, which end the process. SIGUSR2 switches between `debug` and the level that was set.
 */
export function takeOverOutput(logger: Logger): void {
  const print =
    (level: LevelName) =>
    (...words: unknown[]): void => {
      const error = words.find((word) => word instanceof Error);
      const text = words.filter((word) => !(word instanceof Error)).map(String);
      logger[level]({ printed: true, ...(error === undefined ? {} : { error }) }, text.join(' ').trim());
    };
  Object.assign(console, {
    log: print('info'),
    info: print('info'),
    debug: print('debug'),
    warn: print('warn'),
    error: print('error'),
  });
  process.removeAllListeners('warning');
  process.on('warning', (error) => {
    // The first start of all strips types by a function of Node that calls itself experimental: nobody can act on that.
    if (error.name !== 'ExperimentalWarning') logger.warn({ error }, 'a warning of Node');
  });
  const die = (error: unknown): void => {
    logger.fatal({ error }, 'an error that nobody caught: this process ends');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  changeLevelBySignal(logger);
}

/** Without a listener, SIGUSR2 would end the process. `changed` is called after each change. */
export function changeLevelBySignal(logger: Logger, changed: () => void = () => {}): void {
  const set = logger.level;
  process.on('SIGUSR2', () => {
    logger.level = logger.level === 'debug' ? set : 'debug';
    logger.info({ log_level: logger.level }, 'the level of the log was changed by SIGUSR2');
    changed();
  });
}
