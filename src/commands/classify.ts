/**
 * `trackly classify < requests.ndjson`: judges requests, one JSON object a line, as the workers would, and
 * writes one verdict a line. For support, for trying rules, for evaluation. It needs no server. A line that
 * cannot be judged gets its own error and does not stop the others; the exit status is then 1.
 */
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { NO_ACTIVITY } from '../bots/evidence.ts';
import { type Judge, type JudgedAccount, openJudge, type Subject } from '../bots/judge.ts';
import { parseAddress } from '../bots/networks/address.ts';
import { readConfig } from '../config.ts';
import { readArguments } from './errors.ts';

const time = z.iso.datetime({ offset: true, error: 'write an ISO 8601 time such as 2026-11-20T10:00:00Z' });
const requestLine = z.strictObject({
  user_agent: z.string(),
  ip: z
    .string()
    .refine((text) => parseAddress(text) !== undefined, 'is not an address such as 192.0.2.1')
    .optional(),
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
  headers: z.record(z.string(), z.string()).optional(),
  sent_at: time.optional(),
  clicked_at: time.optional(),
});

/** A request alone has no account. */
const ANY_ACCOUNT: JudgedAccount = {};
/** Used if no headers are given: those of a page request that every browser sends. */
const USUAL_HEADERS = { accept: 'text/html', 'accept-language': 'en' };

/** The verdict on one line of input. Throws z.ZodError or SyntaxError. */
export function classifyLine(judge: Judge, line: string): object {
  const { user_agent, ip, method, headers, sent_at, clicked_at } = requestLine.parse(JSON.parse(line));
  const subject: Subject = {
    user_agent,
    method,
    headers: headers === undefined ? USUAL_HEADERS : lowerCaseNames(headers),
    ip: ip ?? '127.0.0.1',
    contact_country: '',
    // Without both times, the time between them is unknown.
    sent_at_ms: sent_at === undefined || clicked_at === undefined ? 0 : Date.parse(sent_at),
    clicked_at_ms: clicked_at === undefined ? 0 : Date.parse(clicked_at),
    activity: NO_ACTIVITY,
    answered: 'redirect',
  };
  const { verdict, score, bot_reasons } = judge.judge(
    subject,
    ANY_ACCOUNT,
    judge.place(subject.ip, user_agent),
  );
  return { verdict, score, reasons: bot_reasons, rules_version: judge.rulesVersion(ANY_ACCOUNT) };
}

function lowerCaseNames(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function explain(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'is wrong'}`;
}

/** Judges the lines of standard input. Throws if the rules cannot be read; the exit status is 1 after a bad line. */
export async function classify(args: string[]): Promise<void> {
  readArguments(args, {});
  // The reader of standard output has closed it.
  process.stdout.on('error', () => process.exit(0));
  const judge = openJudge(readConfig().bot_rules);
  let number = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    number++;
    if (line.trim() === '') continue;
    let answer: object;
    try {
      answer = classifyLine(judge, line);
    } catch (error) {
      answer = { error: 'invalid_line', line: number, message: explain(error) };
      process.exitCode = 1;
    }
    if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) {
      await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  }
}
