import { expect, it } from 'vitest';
import { wantedLanguage } from '../../../src/platform/accept-language.ts';

it.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de-at'],
  ['en;q=0.2, fr;q=0.7', 'fr'],
  ['*', ''],
  ['', ''],
  ['en;q=0, es;q=0.1', 'es'],
  ['<script>, pt-BR', 'pt-br'],
  ['en;q=abc, it;q=0.5', 'it'],
])('of %s is %s', (header, wanted) => expect(wantedLanguage(header)).toBe(wanted));
