/** What the tools for an assistant answer: JSON of a bounded length, and errors that say what to do. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { TracklyError } from '../client/client.ts';

/** Characters of an answer: about 10,000 tokens. */
export const ANSWER_CHARS_MAX = 40_000;

export const textAnswer = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

/** What `work` resolves with as JSON; what the API refuses as an error of the tool. */
export async function answered(work: () => Promise<object>): Promise<CallToolResult> {
  try {
    return textAnswer(boundedJson(await work()));
  } catch (error) {
    if (!(error instanceof TracklyError)) throw error;
    return { ...textAnswer(`${error.code}: ${error.message}`), isError: true };
  }
}

/** Where it is too long, its longest lists are cut, and `left_out` says of how many what is shown. */
export function boundedJson(value: object, chars_max = ANSWER_CHARS_MAX): string {
  let text = JSON.stringify(value);
  if (text.length <= chars_max) return text;
  const copy = JSON.parse(text) as Record<string, unknown>;
  const left_out: Record<string, string> = {};
  while (text.length > chars_max) {
    const [longest] = Object.entries(copy)
      .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > 0)
      .sort(([, a], [, b]) => JSON.stringify(b).length - JSON.stringify(a).length);
    if (longest === undefined) return `${text.slice(0, chars_max)}… (cut: ask for less)`;
    const [name, list] = longest;
    copy[name] = list.slice(0, Math.floor(list.length / 2));
    const of = /of (\d+)/.exec(left_out[name] ?? '')?.[1] ?? list.length;
    left_out[name] = `the first ${(copy[name] as unknown[]).length} of ${of} are shown: ask for less`;
    text = JSON.stringify({ ...copy, left_out });
  }
  return text;
}
