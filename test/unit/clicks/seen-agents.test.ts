import { describe, expect, it } from 'vitest';
import { encodeAgent, KEPT_HEADERS } from '../../../src/clicks/click.ts';
import { SeenAgents } from '../../../src/clicks/seen-agents.ts';

const headersWith = (given: Record<string, string> = {}): string[] =>
  KEPT_HEADERS.map((name) => given[name] ?? '');

describe('what was written of an agent', () => {
  it('is written again for the next tap that sends the same', () => {
    const agents = new SeenAgents();
    const agent = {
      user_agent: 'Mozilla/5.0 "X" ü',
      headers: headersWith({ accept: '*/*', via: '1.1 ü\t' }),
    };
    const first = agents.encode(agent);
    expect(first).toBe(encodeAgent(agent));
    expect(agents.encode({ ...agent, headers: [...agent.headers] })).toBe(first);
  });

  it.each(KEPT_HEADERS)('is not taken for another that differs in %s alone', (name) => {
    const agents = new SeenAgents();
    const plain = { user_agent: 'Mozilla/5.0', headers: headersWith() };
    const other = { user_agent: 'Mozilla/5.0', headers: headersWith({ [name]: 'x-1234567' }) };
    for (const agent of [plain, other, plain, other]) expect(agents.encode(agent)).toBe(encodeAgent(agent));
  });

  it('is not taken for another user agent, or one that begins with the language of the other', () => {
    const agents = new SeenAgents();
    const some = [
      { user_agent: 'b', headers: headersWith({ 'accept-language': 'a' }) },
      { user_agent: 'a\nb', headers: headersWith() },
      { user_agent: '', headers: headersWith({ 'accept-language': 'a\nb' }) },
      { user_agent: 'c', headers: headersWith({ 'accept-language': 'a' }) },
    ];
    for (const agent of [...some, ...some]) expect(agents.encode(agent)).toBe(encodeAgent(agent));
  });

  it('is right however many there are', () => {
    const agents = new SeenAgents();
    for (let i = 0; i < 5_000; i++) {
      const agent = { user_agent: `agent ${i % 3_000}`, headers: headersWith({ accept: String(i % 2) }) };
      expect(agents.encode(agent)).toBe(encodeAgent(agent));
    }
  });
});
