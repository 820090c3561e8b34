import { expect, it } from 'vitest';
import { partsOf } from '../../../../src/bots/agents/parts.ts';

const shown = (agent: string): string[] =>
  partsOf(agent).map(({ kind, text, attached }) => `${attached ? '+' : ''}${kind}:${text}`);

it('reads words, comments and the marks of apps', () => {
  expect(shown('Mozilla/5.0 (iPhone; CPU) AppleWebKit/6(KHTML) [FBAN/FBIOS;FBAV/4]')).toEqual([
    'word:Mozilla/5.0',
    'comment:iPhone; CPU',
    'word:AppleWebKit/6',
    '+comment:KHTML',
    'mark:FBAN/FBIOS;FBAV/4',
  ]);
});

it('keeps comments within a comment', () => {
  expect(shown('a (moto g (2022) x) b')).toEqual(['word:a', 'comment:moto g (2022) x', 'word:b']);
});

it('reads what is broken to its end', () => {
  expect(shown('a (b (c')).toEqual(['word:a', 'comment:b (c']);
  expect(shown('a) ]b [c')).toEqual(['word:a)', 'word:]b', 'mark:c']);
  expect(shown('  ')).toEqual([]);
  expect(shown('()')).toEqual(['comment:']);
});
