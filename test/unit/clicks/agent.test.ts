import { describe, expect, it } from 'vitest';
import {
  Agents,
  APP_NAMES,
  BROWSER_NAMES,
  DEVICE_KINDS,
  readAgent,
  SYSTEM_NAMES,
} from '../../../src/clicks/agent.ts';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const CHROME = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)';
const VIEW =
  'Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.7151.61 Mobile Safari/537.36';

/** As phones sent them in 2025 and 2026; those with a name of their own before the table's type. */
const KNOWN: [what: string, user_agent: string, told: string][] = [
  ['Safari on iOS 18', `${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1`, 'phone iOS Safari '],
  ['Safari on iOS 26', `${IPHONE} Version/26.0 Mobile/15E148 Safari/604.1`, 'phone iOS Safari '],
  ['Chrome on iOS', `${IPHONE} CriOS/137.0.7151.79 Mobile/15E148 Safari/604.1`, 'phone iOS Chrome '],
  ['Firefox on iOS', `${IPHONE} FxiOS/139.0 Mobile/15E148 Safari/605.1.15`, 'phone iOS Firefox '],
  [
    'Edge on iOS',
    `${IPHONE} Version/18.0 EdgiOS/137.3296.65 Mobile/15E148 Safari/605.1.15`,
    'phone iOS Edge ',
  ],
  [
    'Google’s app on iOS',
    `${IPHONE} GSA/373.1.772190113 Mobile/15E148 Safari/604.1`,
    'phone iOS Google Google',
  ],
  [
    'Yahoo! Japan’s app',
    `${IPHONE} Mobile/15E148 YJApp-IOS jp.co.yahoo.ipn.appli/4.150.0`,
    'phone iOS Safari other',
  ],
  [
    'Instagram on iOS',
    `${IPHONE} Mobile/22F76 Instagram 385.0.0.30.80 (iPhone15,3; iOS 18_5; de_DE; de; scale=3.00; 1290x2796; IABMV/1; 748452301)`,
    'phone iOS Safari Instagram',
  ],
  [
    'Threads on iOS',
    `${IPHONE} Mobile/22F76 Barcelona 385.0.0.23.75 (iPhone15,3; iOS 18_5; en_US; en; scale=3.00; 1290x2796; 748)`,
    'phone iOS Safari Threads',
  ],
  [
    'Facebook on iOS',
    `${IPHONE} Mobile/22F76 [FBAN/FBIOS;FBAV/518.0.0.52.100;FBBV/748;FBDV/iPhone15,3;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBLC/de_DE;FBOP/5]`,
    'phone iOS Safari Facebook',
  ],
  [
    'Messenger on iOS',
    `${IPHONE} Mobile/22F76 [FBAN/MessengerLiteForiOS;FBAV/510.0.0;FBDV/iPhone15,3;FBSN/iOS;FBSV/18.5]`,
    'phone iOS Safari Messenger',
  ],
  [
    'TikTok on iOS',
    `${IPHONE} Mobile/22F76 musical_ly_39.8.0 BytedanceWebview/d8a21c6 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/de Region/DE`,
    'phone iOS Safari TikTok',
  ],
  [
    'Snapchat on iOS',
    `${IPHONE} Version/18.5 Mobile/15E148 Snapchat/13.45.0.40 (like Safari/8621.2.5.10.10, panda)`,
    'phone iOS Safari Snapchat',
  ],
  ['Gmail on iOS', `${IPHONE} GmailApp/6.0.250519 Mobile/15E148 Safari/604.1`, 'phone iOS Safari Gmail'],
  ['LinkedIn on iOS', `${IPHONE} Mobile/22F76 [LinkedInApp]/9.31.1234`, 'phone iOS Safari LinkedIn'],
  ['Pinterest on iOS', `${IPHONE} Mobile/15E148 [Pinterest/iOS]`, 'phone iOS Safari Pinterest'],
  ['X on iOS', `${IPHONE} Mobile/22F76 Twitter for iPhone/11.5`, 'phone iOS Safari X'],
  ['LINE on iOS', `${IPHONE} Mobile/15E148 Safari Line/15.9.0`, 'phone iOS Safari LINE'],
  ['an app on iOS without a name', `${IPHONE} Mobile/15E148`, 'phone iOS Safari other'],
  [
    'Safari on an iPad',
    'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'tablet iOS Safari ',
  ],
  ['Chrome on Android', `${CHROME} Chrome/137.0.0.0 Mobile Safari/537.36`, 'phone Android Chrome '],
  ['Chrome on a tablet', `${CHROME} Chrome/137.0.0.0 Safari/537.36`, 'tablet Android Chrome '],
  [
    'Samsung Internet',
    `${CHROME} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    'phone Android Samsung Internet ',
  ],
  [
    'Samsung Internet on a tablet',
    'Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36',
    'tablet Android Samsung Internet ',
  ],
  [
    'Firefox on Android',
    'Mozilla/5.0 (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0',
    'phone Android Firefox ',
  ],
  [
    'Opera on Android',
    `${CHROME} Chrome/135.0.0.0 Mobile Safari/537.36 OPR/89.0.0.0`,
    'phone Android Opera ',
  ],
  [
    'Edge on Android',
    `${CHROME} Chrome/137.0.0.0 Mobile Safari/537.36 EdgA/137.0.0.0`,
    'phone Android Edge ',
  ],
  [
    'Xiaomi’s browser',
    'Mozilla/5.0 (Linux; U; Android 14; de-de; 23124RA7EO Build/UKQ1.231003.002) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/123.0.6312.118 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.31.0-gn',
    'phone Android Miui ',
  ],
  [
    'Instagram on Android',
    `${VIEW} Instagram 384.0.0.46.83 Android (35/15; 480dpi; 1080x2340; samsung; SM-S928B; e3q; qcom; de_DE; 740000000; IABMV/1)`,
    'phone Android Chrome Instagram',
  ],
  [
    'Facebook on Android',
    `${VIEW} [FB_IAB/FB4A;FBAV/517.0.0.44.109;IABMV/1;]`,
    'phone Android Chrome Facebook',
  ],
  [
    'Messenger on Android',
    `${VIEW} [FB_IAB/Orca-Android;FBAV/509.0.0.49.109;]`,
    'phone Android Chrome Messenger',
  ],
  [
    'TikTok on Android',
    `${VIEW} trill_390803 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/39.8.3 ByteLocale/de-DE Region/DE`,
    'phone Android Chrome TikTok',
  ],
  [
    'Snapchat on Android',
    `${VIEW} Snapchat/13.44.0.50 (Pixel 8; Android 14#12025142#34; gzip)`,
    'phone Android Chrome Snapchat',
  ],
  ['WhatsApp on Android', `${VIEW} WhatsApp/2.25.15.79`, 'phone Android Chrome WhatsApp'],
  ['Google’s app on Android', `${VIEW} GSA/16.20.44.sr.arm64`, 'phone Android Chrome Google'],
  ['an app on Android without a name', VIEW, 'phone Android Chrome other'],
  [
    'WeChat',
    `${VIEW} XWEB/1300 MMWEBSDK/20240802 MicroMessenger/8.0.54.2760(0x28003635) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64`,
    'phone Android WeChat WeChat',
  ],
  [
    'Chrome on Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36',
    'desktop Windows Chrome ',
  ],
  [
    'Safari on a Mac, and on an iPad that asks as one',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    'desktop macOS Safari ',
  ],
  [
    'Firefox on Linux',
    'Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0',
    'desktop Linux Firefox ',
  ],
  [
    'a Chromebook',
    'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36',
    'desktop Chrome OS Chrome ',
  ],
  [
    'a television',
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/108.0 TV Safari/537.36',
    'other Tizen Samsung Internet ',
  ],
  ['a program', 'curl/8.5.0', 'other other other '],
  ['nothing', '', 'other other other '],
];

it.each(KNOWN)('tells %s', (_what, user_agent, told) => {
  const { device, os, browser, in_app } = readAgent(user_agent);
  expect([device, os, browser, in_app].join(' ')).toBe(told);
});

describe('whatever a client sends', () => {
  const odd = [
    ...[
      'constructor',
      '__proto__',
      'toString/1.0 x',
      'constructor/1.0 (a) b/2',
      '(((((',
      '[FB',
      'Mozilla/5.0 (',
      '\u{1f4f1}',
      ' ',
    ],
    ...['a', '(', ';', '/', ' Version/', 'Android ', 'iPhone) AppleWebKit/'].map((part) =>
      part.repeat(512).slice(0, 512),
    ),
    ...KNOWN.map(([, text]) => text.toUpperCase()),
    ...KNOWN.map(([, text]) => [...text].toReversed().join('')),
  ];
  const allowed = {
    device: DEVICE_KINDS,
    os: SYSTEM_NAMES,
    browser: BROWSER_NAMES,
    in_app: ['', ...APP_NAMES],
  };

  it('gives no value outside the lists', () => {
    for (const text of [...odd, ...KNOWN.map(([, known]) => known)])
      for (const [name, value] of Object.entries(readAgent(text)))
        expect(allowed[name as keyof typeof allowed]).toContain(value);
  });

  it('takes no time that a sender could choose', () => {
    const started = performance.now();
    for (const text of odd) readAgent(text);
    expect((performance.now() - started) / odd.length).toBeLessThan(20);
  });
});

it('remembers as many as it is told', () => {
  const agents = new Agents(2);
  const [first, second, third] = ['one', 'two', 'three'].map((text) => `${VIEW} ${text}`) as [
    string,
    string,
    string,
  ];
  const read = agents.of(first);
  expect(agents.of(first)).toBe(read);
  agents.of(second);
  agents.of(third);
  expect(agents.of(first)).not.toBe(read);
  expect(agents.of(first)).toEqual(read);
});
