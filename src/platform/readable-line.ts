/** A line of the log for a person at a terminal: time, level, process, message, and the other fields behind it. Pure. */

const LEVELS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};
const LEVEL_WIDTH = 5;
const PROCESS_WIDTH = 10;

export function readableLine(json: string): string {
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return json;
  }
  const { time, level, process: name, pid: _pid, msg, error, ...fields } = line;
  const { message, stack } = (error ?? {}) as { message?: string; stack?: string };
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const words = [
    String(time).slice(11, 19),
    (LEVELS[Number(level)] ?? '').padEnd(LEVEL_WIDTH),
    String(name).padEnd(PROCESS_WIDTH),
    String(msg ?? ''),
    ...rest,
    ...(message === undefined ? [] : [stack ?? message]),
  ];
  return `${words.join(' ').trimEnd()}\n`;
}
