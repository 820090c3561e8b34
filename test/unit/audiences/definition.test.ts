import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEPTH_MAX, definition, PARTS_MAX } from '../../../src/audiences/definition.ts';

/** The first issue as the API words it. */
function refusal(input: unknown): string {
  const issue = definition.safeParse(input).error?.issues[0];
  return issue === undefined ? 'accepted' : `${issue.path.join('.')}: ${issue.message}`;
}

const nested = (depth: number): object => (depth <= 1 ? { clicked: {} } : { all: [nested(depth - 1)] });

describe('a definition', () => {
  it('of every condition is accepted as it was written', () => {
    const whole = {
      all: [
        {
          clicked: {
            offer_id: 'off_1',
            campaign_id: 'cam_1',
            variant_id: 'A',
            creative_id: 'cre_1',
            message_id: 'msg_1',
            link_id: 'abc1234',
            link_key: 'link1',
            at_least: 2,
            at_most: 5,
            window: { last_days: 30 },
          },
        },
        { not: { converted: { revenue: { at_least: '10.00', at_most: '20', currency: 'EUR' } } } },
        { any: [{ was_sent: { window: { from: '2026-11-01', to: '2026-11-30', tz: 'Europe/Berlin' } } }] },
        { did_not_click: { at_most: 0 } },
        { did_not_convert: {} },
      ],
    };
    expect(definition.parse(whole)).toEqual(whole);
  });

  it.each<[unknown, RegExp]>([
    [{}, /^: give exactly one of all, any, not, clicked/],
    [null, /expected object/],
    [[], /expected object/],
    ['clicked', /expected object/],
    [{ clicked: {}, not: { converted: {} } }, /^: give exactly one of/],
    [{ click: {} }, /Unrecognized key: "click"/],
    [{ all: [] }, /^all: must have a condition/],
    [{ any: {} }, /^any: .*expected array/],
    [{ all: [{ clicked: {} }, {}] }, /^all\.1: give exactly one of/],
    [{ clicked: { offer: 'off_1' } }, /^clicked: Unrecognized key: "offer"/],
    [{ clicked: { offer_id: '' } }, /^clicked\.offer_id: is empty/],
    [{ clicked: { message_id: 'a\nb' } }, /control characters/],
    [{ clicked: { message_id: 'x'.repeat(129) } }, /^clicked\.message_id: /],
    [{ clicked: { at_least: 0 } }, /^clicked\.at_least: must be 1 or more/],
    [{ clicked: { at_least: 1.5 } }, /^clicked\.at_least: /],
    [{ clicked: { at_most: -1 } }, /^clicked\.at_most: /],
    [{ not: { was_sent: { at_least: 3, at_most: 2 } } }, /^not\.was_sent: at_least must not be more/],
    [{ clicked: { revenue: { at_least: '1', currency: 'EUR' } } }, /Unrecognized key: "revenue"/],
    [{ converted: { revenue: { currency: 'EUR' } } }, /^converted\.revenue: give at_least, at_most or both/],
    [{ converted: { revenue: { at_least: 1, currency: 'EUR' } } }, /^converted\.revenue\.at_least: /],
    [{ converted: { revenue: { at_least: '1,5', currency: 'EUR' } } }, /decimal string/],
    [{ converted: { revenue: { at_least: '1' } } }, /^converted\.revenue\.currency: /],
    [{ converted: { revenue: { at_least: '1', currency: 'eur' } } }, /three capital letters/],
    [{ converted: { revenue: { at_least: '2', at_most: '1.99', currency: 'EUR' } } }, /must not be more/],
    [{ clicked: { window: {} } }, /^clicked\.window: give last_days, or from and to/],
    [{ clicked: { window: { last_days: 3, from: '2026-11-01' } } }, /give last_days, or from and to/],
    [{ clicked: { window: { last_days: 3, tz: 'UTC' } } }, /tz goes with from and to/],
    [{ clicked: { window: { last_days: 0 } } }, /^clicked\.window\.last_days: /],
    [{ clicked: { window: { from: '2026-02-30' } } }, /from is not a time/],
    [{ clicked: { window: { from: '2026-11-02', to: '2026-11-01' } } }, /from must be before to/],
    [{ clicked: { window: { from: '2026-11-02', tz: 'Mars' } } }, /tz is not a time zone/],
  ])('is refused with what to write: %j', (input, message) => {
    expect(refusal(input)).toMatch(message);
  });

  it('has bounds to its depth and its size', () => {
    expect(refusal(nested(DEPTH_MAX))).toBe('accepted');
    expect(refusal(nested(DEPTH_MAX + 1))).toMatch(/nest groups at most/);
    const flat = (parts: number): object => ({ any: Array.from({ length: parts }, () => ({ clicked: {} })) });
    expect(refusal(flat(PARTS_MAX - 1))).toBe('accepted');
    expect(refusal(flat(PARTS_MAX))).toMatch(/groups and conditions/);
    expect(refusal(flat(1_000_000))).toMatch(/groups and conditions/);
    let bottomless: object = { clicked: {} };
    for (let i = 0; i < 200_000; i++) bottomless = { not: bottomless };
    expect(refusal(bottomless)).toMatch(/nest groups at most/);
  });

  it('is never anything but accepted or refused', () => {
    const key = fc.constantFrom('all', 'any', 'not', 'clicked', 'converted', 'window', 'revenue', 'at_least');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant({ clicked: {} })),
        fc.dictionary(key, tie('tree'), { maxKeys: 2 }),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree ?? fc.constant(null), (input) => {
        const parsed = definition.safeParse(input);
        if (parsed.success)
          expect(definition.parse(JSON.parse(JSON.stringify(parsed.data)))).toEqual(parsed.data);
        else for (const issue of parsed.error.issues) expect(issue.message).toMatch(/\S+ \S+/);
      }),
      { numRuns: 2_000 },
    );
  });
});
