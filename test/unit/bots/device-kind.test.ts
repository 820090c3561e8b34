import { expect, it } from 'vitest';
import { deviceKind } from '../../../src/bots/agents/device-kind.ts';
import { ANDROID, BOT, PHONE } from '../../support/phones.ts';

it.each([
  [PHONE, 'iphone'],
  [ANDROID, 'android'],
  [
    'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
    'ipad',
  ],
  ['Mozilla/5.0 (Mobile; Nokia 2780; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/3.1', 'other_phone'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
    'computer',
  ],
  [BOT, 'other'],
  ['', 'other'],
])('%s is %s', (agent, kind) => expect(deviceKind(agent)).toBe(kind));
