import { TOTP } from 'otpauth';
import { expect, it } from 'vitest';
import { hashOfRecoveryCode, newRecoveryCodes, newTotp, stepOfCode } from '../../../src/access/totp.ts';

const NOW_MS = 1_790_000_000_000;
const STEP = Math.floor(NOW_MS / 30_000);

it('takes the code of now, and of one step before and after, and says which step it is', () => {
  const { secret } = newTotp('ann@example.com');
  const codeAt = (steps: number): string =>
    new TOTP({ secret }).generate({ timestamp: NOW_MS + steps * 30_000 });
  for (const steps of [-1, 0, 1]) expect(stepOfCode(secret, codeAt(steps), NOW_MS)).toBe(STEP + steps);
  expect(stepOfCode(secret, codeAt(3), NOW_MS)).toBeUndefined();
});

it('computes the codes of RFC 6238', () => {
  // Appendix B: the secret is "12345678901234567890"; of its eight digits an app shows the last six.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  expect(stepOfCode(secret, '287082', 59_000)).toBe(1);
  expect(stepOfCode(secret, '081804', 1_111_111_109_000)).toBe(37_037_036);
});

it('knows a recovery code however it was typed', () => {
  const { codes, hashes } = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  expect(hashOfRecoveryCode(` ${codes[3]?.replaceAll('-', ' ')} `)).toBe(hashes[3]);
});
