import { describe, expect, it } from 'vitest';
import { creativeError, destinationError } from '../../../src/catalog/check-texts.ts';
import { creativeInput } from '../../../src/catalog/schemas.ts';

const LINKS = [{ key: 'link1' }, { key: 'link2' }];
const bodyError = (body: string) =>
  creativeError(
    body,
    LINKS.filter(({ key }) => body.includes(`{{${key}`) || body.includes(`{{ ${key}`)),
  );

describe('a creative is refused', () => {
  it.each([
    ['{{first_name}, see {{link1}}', 'not closed'],
    ['see {{link1}', 'not closed'],
    ['Hi {{First}}: {{link1}}', '{{First}} at character 4'],
    ['Hi %7B%7Bfirst_name%7D%7D: {{link1}}', '%7B%7B, which a message would show as it is'],
    ['Hi, {link1}', 'has {link1} with single braces: write {{link1}}'],
    ['{{link1}}now', '{{link1}} followed by now'],
    ['{{link1}}2', '{{link1}} followed by 2'],
    ['{{link1}}/x', '{{link1}} followed by /x'],
    ['{{link1}}.Reply STOP', '{{link1}} followed by .Reply'],
    ['{{link1}}-now', '{{link1}} followed by -now'],
    ['{{link1}}{{first_name}}', '{{link1}} followed by {{first_name}}'],
    ['{{link1}}.{{first_name}}', '{{link1}} followed by {{first_name}}'],
    ['{{link1}}{{link2}}', '{{link1}} followed by {{link2}}'],
    ['see{{link1}}', 'right behind other text'],
    ['{{first_name}}{{link1}}', 'right behind other text'],
    ['https://{{link1}}', 'the link has its https:// already'],
    ['{{link1|none}}', 'a default for {{link1}}'],
    ['{{link1}} and {{link20}}', '{{link20}} has no offer'],
    ['{{link1}} {{optout_link}}stops', '{{optout_link}} followed by stops'],
    ['{{link1}} {optout_link}', 'single braces: write {{optout_link}}'],
    ['{{link1}} {{optout_link|none}}', 'a default for {{optout_link}}'],
  ])('for %s', (body, error) => {
    expect(bodyError(body)).toEqual({ field: 'body', problem: expect.stringContaining(error) });
  });

  it('not for an opt-out link, which needs no offer and stands in texts only', () => {
    expect(creativeError('Stop: {{optout_link}}', [])).toBeUndefined();
    expect(destinationError('https://shop.example/?a={{optout_link}}', true)).toContain(
      'for the text of a creative only',
    );
  });

  it('for a link that is bound twice, or not in the body', () => {
    expect(creativeError('{{link1}}', [{ key: 'link1' }, { key: 'link1' }])).toEqual({
      field: 'offer_links',
      problem: 'link1 is bound twice',
    });
    expect(creativeError('Hi', [{ key: 'link1' }])?.problem).toContain('link1 is not in the body');
  });
});

it.each([
  'Hi {{ first_name | there }}: {{ link1 }}',
  '{{link1}}',
  '{{link1}}.',
  '({{link1}}), or',
  'Link:{{link1}}',
  '{{link1}}\n{{link2}}',
  '点击{{link1}}查看',
  '{{link1}}❤️ {{first_name}}',
  '{{link1}}…now',
  '{{link1}}?ref=sms',
  '{ {{link1}} }',
])('a creative may say %s', (body) => {
  expect(bodyError(body)).toBeUndefined();
});

it('a line break of Windows in a body is a line break', () => {
  expect(creativeInput.parse({ name: 'x', body: 'a\r\nb\rc\n' }).body).toBe('a\nb\nc\n');
  expect(creativeInput.safeParse({ name: 'x', body: 'a\0b' }).success).toBe(false);
});

describe('a destination', () => {
  it.each([
    'https://x.example/?c={{click_id}}',
    'https://x.example/?c={{ click_id }}&n={{first_name|no one}}',
    'https://x.example/?c=%7B%7Bclick_id%7D%7D',
    'https://x.example/?f=%7B%22a%22:%7B%22b%22:1%7D%7D',
    'https://bücher.example/straße',
    'https://x.example/?line={{line_id|}}',
    'https://x.example/?n={{city}}#{{team}}',
  ])('may be %s', (url) => {
    expect(destinationError(url, true)).toBeUndefined();
  });

  it.each([
    ['https://x.example/?c={{click_id}', 'not closed'],
    ['https://x.example/?c={{clickid}}', 'has {{clickid}}, which is not a macro: write {{click_id}}'],
    ['https://x.example/?c={{clikc_id}}', 'write {{click_id}}, or {{clikc_id|}} if it is a field'],
    ['https://x.example/?c={{click_ids}}', 'write {{click_id}}'],
    ['https://x.example/?c={{timestmp}}', 'write {{timestamp}}'],
    ['https://x.example/?c={{Click_ID}}', 'which is not a placeholder'],
    ['https://x.example/?c=%7B%7BClick%7D%7D', '{{Click}} at character 22, which is not a placeholder'],
    ['https://x.example/?c=%7B%7Bclick_id', '%7B%7B, which is {{, without its %7D%7D'],
    ['https://x.example/?c={click_id}', 'has {click_id} with single braces: write {{click_id}}'],
    ['https://x.example/?l={{link1}}', 'for the text of a creative only'],
    ['https://%7B%7Bcontact_id%7D%7D.example/', 'after the host only'],
    ['https://x.example{{contact_id|/}}', 'after the host only'],
    ['%7B%7Bcontact_id%7D%7D://x.example/', 'absolute address'],
    ['https://x.example/a b', 'spaces'],
  ])('can not be %s', (url, error) => {
    expect(destinationError(url, true)).toContain(error);
  });

  it('has no macros where it is a fallback, encoded ones neither', () => {
    expect(destinationError('https://x.example/{{click_id}}', false)).toBe('must not contain macros');
    expect(destinationError('https://x.example/%7B%7Bclick_id%7D%7D', false)).toBe('must not contain macros');
  });
});
