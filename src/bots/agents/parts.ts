/**
 * The parts of a user agent: words, comments in parentheses, and marks in square brackets, which apps add. The first
 * step of judging a user agent by its shape. One pass over the text; it accepts whatever a client sends.
 */

export interface Part {
  kind: 'word' | 'comment' | 'mark';
  /** A comment and a mark are without their outer brackets. */
  text: string;
  /** A comment or a mark that follows a word without a space, as the parameters in `AliApp(AP/9.9.0)`. */
  attached: boolean;
}

const CLOSING: Record<string, string> = { '(': ')', '[': ']' };

/** Index of the bracket that closes the one at `start`; brackets nest. The end of the text closes what is open. */
function closingIndex(agent: string, start: number): number {
  const open = agent[start] as string;
  const close = CLOSING[open];
  let depth = 0;
  for (let i = start; i < agent.length; i++) {
    if (agent[i] === open) depth++;
    else if (agent[i] === close && --depth === 0) return i;
  }
  return agent.length;
}

function endOfWord(agent: string, start: number): number {
  let end = start;
  while (end < agent.length && agent[end] !== ' ' && agent[end] !== '(' && agent[end] !== '[') end++;
  return end;
}

export function partsOf(agent: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < agent.length) {
    const char = agent[at];
    if (char === ' ') {
      at++;
    } else if (char === '(' || char === '[') {
      const close = closingIndex(agent, at);
      const attached = at > 0 && agent[at - 1] !== ' ';
      parts.push({ kind: char === '(' ? 'comment' : 'mark', text: agent.slice(at + 1, close), attached });
      at = close + 1;
    } else {
      const end = endOfWord(agent, at);
      parts.push({ kind: 'word', text: agent.slice(at, end), attached: false });
      at = end;
    }
  }
  return parts;
}
