/**
 * Who gets the demo's messages, and what opens their links: contacts with a country, a carrier and a phone, and the
 * scanners and previews that come beside them. Addresses are of real networks, so that countries and networks are told
 * as they would be; nobody is behind them. Pure, by the random numbers that are passed.
 */

export type Random = () => number;

/** A request as it reaches us; headers by name. */
export interface Visitor {
  method: 'GET' | 'HEAD';
  ip: string;
  user_agent: string;
  headers: Readonly<Record<string, string>>;
}

export interface Contact {
  contact_id: string;
  first_name: string;
  country: string;
  carrier: Carrier;
  phone: Phone;
  ip: string;
}

interface Carrier {
  country: string;
  /** The first two numbers of its addresses. */
  network: string;
  weight: number;
  /** Share of messages that it does not deliver, and the code that it gives. */
  fails: number;
  code: string;
  /** Share of messages whose links it opens while it delivers them. */
  scans: number;
}

const CARRIERS: readonly Carrier[] = [
  { country: 'US', network: '172.56', weight: 24, fails: 0.034, code: '30007', scans: 0.05 },
  { country: 'US', network: '174.205', weight: 20, fails: 0.021, code: '30006', scans: 0.02 },
  { country: 'US', network: '107.77', weight: 17, fails: 0.027, code: '30003', scans: 0.01 },
  { country: 'GB', network: '31.94', weight: 6, fails: 0.012, code: '30005', scans: 0 },
  { country: 'GB', network: '92.40', weight: 4, fails: 0.015, code: '30005', scans: 0 },
  { country: 'DE', network: '80.187', weight: 7, fails: 0.009, code: '30005', scans: 0 },
  { country: 'DE', network: '109.40', weight: 6, fails: 0.011, code: '30003', scans: 0.01 },
  { country: 'DE', network: '176.4', weight: 4, fails: 0.018, code: '30003', scans: 0 },
  { country: 'CA', network: '74.198', weight: 4, fails: 0.041, code: '30007', scans: 0.03 },
  { country: 'CA', network: '184.151', weight: 3, fails: 0.033, code: '30007', scans: 0 },
  { country: 'FR', network: '92.184', weight: 5, fails: 0.014, code: '30005', scans: 0 },
];

const LANGUAGES: Readonly<Record<string, string>> = {
  US: 'en-US,en;q=0.9',
  GB: 'en-GB,en;q=0.9',
  DE: 'de-DE,de;q=0.9,en;q=0.8',
  CA: 'en-CA,en;q=0.9,fr;q=0.5',
  FR: 'fr-FR,fr;q=0.9',
};
const NAMES: Readonly<Record<string, readonly string[]>> = {
  US: ['Emma', 'Liam', 'Maria', 'Jayden', 'Olivia', 'Carlos'],
  GB: ['Amelia', 'Oliver', 'Isla', 'Harry'],
  DE: ['Lena', 'Paul', 'Jürgen', 'Aylin', 'Käthe'],
  CA: ['Charlotte', 'Noah', 'Chloé', 'Ethan'],
  FR: ['Camille', 'Léo', 'Inès', 'Jules'],
};

interface Phone {
  weight: number;
  user_agent: string;
  hints: Readonly<Record<string, string>>;
}

const CHROME = {
  'sec-ch-ua': '"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"',
  'sec-ch-ua-mobile': '?1',
  'sec-ch-ua-platform': '"Android"',
};
const iphone = (os: string, weight: number): Phone => ({
  weight,
  user_agent: `Mozilla/5.0 (iPhone; CPU iPhone OS ${os.replace('.', '_')} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${os} Mobile/15E148 Safari/604.1`,
  hints: {},
});
const PHONES: readonly Phone[] = [
  iphone('18.1', 24),
  iphone('17.6', 18),
  iphone('16.7', 6),
  {
    weight: 34,
    user_agent:
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
    hints: CHROME,
  },
  {
    weight: 14,
    user_agent:
      'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
    hints: {},
  },
  {
    weight: 4,
    user_agent: 'Mozilla/5.0 (Android 13; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0',
    hints: {},
  },
];

const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
  'sec-fetch-user': '?1',
};

export function drawContact(random: Random, number: number): Contact {
  const carrier = weighted(random, CARRIERS);
  const names = NAMES[carrier.country] as readonly string[];
  return {
    contact_id: `demo-${String(number).padStart(5, '0')}`,
    first_name: picked(random, names),
    country: carrier.country,
    carrier,
    phone: weighted(random, PHONES),
    ip: addressIn(random, carrier.network),
  };
}

/** The contact opens a link; carriers give phones another address now and then, and some have a VPN on a server. */
export function person(random: Random, { ip, phone, country, carrier }: Contact): Visitor {
  const draw = random();
  const network = draw < 0.02 ? picked(random, SERVERS) : carrier.network;
  return {
    method: 'GET',
    ip: draw < 0.3 ? addressIn(random, network) : ip,
    user_agent: phone.user_agent,
    headers: { ...NAVIGATION, 'accept-language': LANGUAGES[country] ?? 'en', ...phone.hints },
  };
}

const SERVERS = ['3.85', '18.206', '52.14', '34.72'];
const SCANNERS = [
  'Mozilla/5.0',
  'python-requests/2.32.3',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36',
];

/** What a carrier opens a link with while it delivers the message. */
export function scanner(random: Random): Visitor {
  const user_agent = picked(random, SCANNERS);
  return {
    method: 'GET',
    ip: addressIn(random, picked(random, SERVERS)),
    user_agent,
    headers: { accept: '*/*' },
  };
}

/** What fetches a link ahead of the contact: the phone's own preview, a browser's prefetch, a probe for safe links. */
export function prefetcher(random: Random, contact: Contact): Visitor {
  const draw = random();
  const seen = person(random, contact);
  if (draw < 0.15) return { ...seen, method: 'HEAD', ip: addressIn(random, '40.94') };
  if (draw < 0.35) return { ...seen, headers: { ...seen.headers, 'sec-purpose': 'prefetch;prerender' } };
  const user_agent = contact.phone.user_agent.includes('iPhone')
    ? 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0'
    : `${contact.phone.user_agent} GoogleMessages/20241015`;
  return { method: 'GET', ip: contact.ip, user_agent, headers: { accept: '*/*' } };
}

export const picked = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

function weighted<T extends { weight: number }>(random: Random, from: readonly T[]): T {
  let left = random() * from.reduce((sum, { weight }) => sum + weight, 0);
  for (const one of from) {
    left -= one.weight;
    if (left < 0) return one;
  }
  return from[from.length - 1] as T;
}

const addressIn = (random: Random, network: string): string =>
  `${network}.${Math.floor(random() * 250) + 1}.${Math.floor(random() * 250) + 1}`;
