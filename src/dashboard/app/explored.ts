/** What the page Explore measures. */

/** Of clicks, which may be broken down by everything that is known of a click. */
const OF_CLICKS = ['clicks_human', 'clicks_unique'] as const;
/** Of messages and money too, which are known by what was sent. */
const OF_ITEMS = ['sent', 'click_rate', 'clicks_bot', 'conversions', 'revenue', 'epc', 'rpm'] as const;

export const EXPLORED = [...OF_CLICKS, ...OF_ITEMS] as const;
export type Explored = (typeof EXPLORED)[number];
export type OfItems = (typeof OF_ITEMS)[number];

export const isOfClicks = (measure: Explored): measure is (typeof OF_CLICKS)[number] =>
  (OF_CLICKS as readonly string[]).includes(measure);
