/**
 * What the demo is about: the catalog of a sender with three offers, and when which campaign sends how much. Rates are
 * the true ones that the people of people.ts are drawn by. Pure.
 */

/** `pays` is what an order brings; `cvr` the share of people who opened a link and order. */
export interface DemoOffer {
  key: string;
  /** Who reports its conversions. */
  network: string;
  body: Record<string, unknown>;
  event: 'sale' | 'lead';
  pays: readonly string[];
  currency: string;
  cvr: number;
  refunds: number;
}

const NETWORK = 'https://shop.example';

export const OFFERS: readonly DemoOffer[] = [
  {
    key: 'shoes',
    network: 'northads',
    body: {
      name: 'Winter shoes',
      destination_url: `${NETWORK}/shoes?click={{click_id}}`,
      payout_type: 'cpa',
      payout: '6.00',
      currency: 'EUR',
      click_window_days: 7,
      caps: [{ count: 'conversions', per: 'day', tz: 'Europe/Berlin', limit: 500 }],
      coupon_codes: ['WARMFEET'],
    },
    event: 'sale',
    pays: ['59.90', '79.90', '89.00', '119.00', '149.00'],
    currency: 'EUR',
    cvr: 0.11,
    refunds: 0.09,
  },
  {
    key: 'card',
    network: 'cardleads',
    body: {
      name: 'Cash-back card',
      destination_url: `${NETWORK}/card?click={{click_id}}&source={{campaign_id}}`,
      payout_type: 'cpc',
      payout: '0.12',
      currency: 'USD',
    },
    event: 'lead',
    pays: ['25.00'],
    currency: 'USD',
    cvr: 0.05,
    refunds: 0,
  },
  {
    key: 'gym',
    network: 'fitpartners',
    body: {
      name: 'Fitness club',
      destination_url: `${NETWORK}/gym?click={{click_id}}`,
      payout_type: 'revshare',
      payout: '30',
      currency: 'USD',
    },
    event: 'sale',
    pays: ['19.90', '29.90', '49.90'],
    currency: 'USD',
    cvr: 0.08,
    refunds: 0.06,
  },
];

/** Offers by link key. */
export interface DemoCreative {
  key: string;
  name: string;
  body: string;
  links: Readonly<Record<string, string>>;
  /** Chance that somebody who got it opens its first link. */
  click_rate: number;
}

export const CREATIVES: readonly DemoCreative[] = [
  {
    key: 'shoes-plain',
    name: 'Black Friday, plain',
    body: 'Black Friday at Nordlauf: 30% off all winter shoes until Sunday. {{link1}} Reply STOP to opt out',
    links: { link1: 'shoes' },
    click_rate: 0.045,
  },
  {
    key: 'shoes-name',
    name: 'Black Friday, by name',
    body: '{{first_name}}, your size is back: winter shoes -30%, code WARMFEET. {{link1}} Reply STOP to opt out',
    links: { link1: 'shoes' },
    click_rate: 0.075,
  },
  {
    key: 'card-short',
    name: 'Card, short',
    body: 'Get 3% cash back on groceries. No annual fee: {{link1}} Txt STOP to end',
    links: { link1: 'card' },
    click_rate: 0.055,
  },
  {
    key: 'card-long',
    name: 'Card, with the rate',
    body: 'Hi {{first_name}}, see if you qualify for the cash-back card in 60 seconds. Checking will not affect your score: {{link1}} Txt STOP to end',
    links: { link1: 'card' },
    click_rate: 0.057,
  },
  {
    key: 'newsletter',
    name: 'Weekly deals',
    body: 'This week for you, {{first_name}}: new shoes {{link1}} and a free week at the gym {{link2}} STOP=end',
    links: { link1: 'shoes', link2: 'gym' },
    click_rate: 0.05,
  },
  {
    key: 'gym-free-week',
    name: 'Free week',
    body: '{{first_name}}, your free week at FitHaus is waiting. Book your first class: {{link1}} Reply STOP to opt out',
    links: { link1: 'gym' },
    click_rate: 0.065,
  },
];

/** One hour of sending: `messages` of them, `days_ago` from midnight UTC on. */
export interface Blast {
  days_ago: number;
  hour: number;
  messages: number;
}

export interface DemoCampaign {
  key: string;
  name: string;
  variants: readonly { variant_id: string; creative: string; percent: number }[];
  blasts: readonly Blast[];
  /** Messages a day that follow what a contact did, at any hour of the day. */
  daily?: number;
}

export const DAYS = 30;

const at = (hour: number, messages: number, ...days: number[]): Blast[] =>
  days.map((days_ago) => ({ days_ago, hour, messages }));
const one = (creative: string) => [{ variant_id: 'A', creative, percent: 100 }];

/** Some 40,000 messages. */
export const CAMPAIGNS: readonly DemoCampaign[] = [
  {
    key: 'black-friday',
    name: 'Black Friday: plain or by name',
    variants: [
      { variant_id: 'A', creative: 'shoes-plain', percent: 50 },
      { variant_id: 'B', creative: 'shoes-name', percent: 50 },
    ],
    blasts: at(16, 2_500, 27, 20, 13, 6),
  },
  {
    key: 'card',
    name: 'Card: short or with the rate',
    variants: [
      { variant_id: 'A', creative: 'card-short', percent: 50 },
      { variant_id: 'B', creative: 'card-long', percent: 50 },
    ],
    blasts: at(15, 1_500, 3, 1),
  },
  {
    key: 'newsletter',
    name: 'Weekly deals',
    variants: one('newsletter'),
    blasts: at(17, 4_000, 26, 19, 12, 5),
  },
  {
    key: 'gym',
    name: 'Free week at the gym',
    variants: one('gym-free-week'),
    blasts: at(10, 2_200, 22, 9, 2),
  },
  { key: 'basket', name: 'Left in the basket', variants: one('shoes-name'), blasts: [], daily: 150 },
];

/** The offer that its network paused while a campaign was being sent: its links are still being tapped. */
export const PAUSED = { offer: 'card', days_ago: 1, hour: 15, minute: 10 };

export const AUDIENCES: readonly {
  name: string;
  define(offers: Readonly<Record<string, string>>): object;
}[] = [
  {
    name: 'Opened the gym twice',
    define: (offers) => ({ clicked: { offer_id: offers['gym'], at_least: 2, window: { last_days: 30 } } }),
  },
  {
    name: 'Looked at shoes, bought none',
    define: (offers) => ({
      all: [{ clicked: { offer_id: offers['shoes'] } }, { did_not_convert: { offer_id: offers['shoes'] } }],
    }),
  },
];

/** How many messages the scenario has. */
export const MESSAGES = CAMPAIGNS.reduce(
  (sum, { blasts, daily = 0 }) =>
    sum + daily * DAYS + blasts.reduce((of_blasts, { messages }) => of_blasts + messages, 0),
  0,
);
