import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlaceholderName, parseTemplate, withPlainBraces } from '../../../src/catalog/placeholders.ts';

describe('a placeholder', () => {
  it.each([
    ['{{name}}', 'name', undefined],
    ['{{ name }}', 'name', undefined],
    ['{{name|there}}', 'name', 'there'],
    ['{{ first_name | my friend }}', 'first_name', 'my friend'],
    ['{{name|}}', 'name', ''],
    ['{{n\u00a0}}', 'n', undefined],
  ])('is %s', (text, name, default_value) => {
    expect(parseTemplate(`a ${text} b`)).toEqual({
      texts: ['a ', ' b'],
      placeholders: [{ name, default_value }],
    });
  });

  it.each([
    ['{{first_name}, see {{link1}}', '{{first_name}, see  at character 1 that is not closed'],
    ['Hi {{first_name', '{{first_name at character 4 that is not closed'],
    ['Hi first_name}} {{a}}', '}} at character 14 that closes no placeholder'],
    ['{{a}} b}}', '}} at character 8 that closes no placeholder'],
    ['{{{a}}}', 'three braces in a row'],
    ['{{a}}}', 'three braces in a row at character 4'],
    ['{{ }}', '{{ }} at character 1, which is not a placeholder'],
    ['{{First}}', '{{First}} at character 1, which is not a placeholder'],
    ['{{first name}}', 'which is not a placeholder'],
    ['{{1st}}', 'which is not a placeholder'],
    ['{{a|b|c}}', 'more than one default'],
    ['{{a|{b}}', 'a default that is longer than 100 characters or has braces'],
    [`{{a|${'x'.repeat(101)}}}`, 'a default that is longer than 100 characters or has braces'],
    [`{{${'a'.repeat(41)}}}`, 'which is not a placeholder'],
  ])('is not %s, and the error says where and what to write', (text, error) => {
    const parsed = parseTemplate(text);
    expect(parsed.error).toContain(error);
    expect(parsed.error).toMatch(/write \{\{name\}\} or \{\{name\|default\}\}/);
  });

  it('leaves no brace pair unread, and loses no text', () => {
    const piece = fc.constantFrom('{', '}', '{{', '}}', 'a', '|', ' ', '{{a}}', '{{ b | c }}', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const { texts, placeholders, error } = parseTemplate(text);
        expect(texts.length).toBe(placeholders.length + 1);
        for (const { name } of placeholders) expect(isPlaceholderName(name)).toBe(true);
        if (error === undefined) for (const plain of texts) expect(plain).not.toMatch(/\{\{|\}\}/);
        const written = texts.map((plain, i) => {
          const { name, default_value } = placeholders[i - 1] ?? { name: '', default_value: undefined };
          return i === 0
            ? plain
            : `{{${name}${default_value === undefined ? '' : `|${default_value}`}}}${plain}`;
        });
        const spaceless = (of: string): string => of.replaceAll(' ', '');
        expect(spaceless(written.join(''))).toBe(spaceless(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('in an address may have its braces percent-encoded', () => {
    expect(withPlainBraces('https://x/?a=%7B%7Bclick_id%7D%7D&b=%7b%7b%20name%20%7c%20a%20b%7d%7d')).toBe(
      'https://x/?a={{click_id}}&b={{ name | a b}}',
    );
    expect(withPlainBraces('https://x/%7B%22a%22:%7B%22b%22:1%7D%7D')).toBe(
      'https://x/%7B%22a%22:%7B%22b%22:1%7D%7D',
    );
    expect(withPlainBraces('https://x/?a=%7B%7B%zz%7D%7D')).toBe('https://x/?a={{%zz}}');
  });
});
