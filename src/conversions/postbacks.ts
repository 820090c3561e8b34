/**
 * The postback URLs of an offer, ready to paste into each network, with that network's documented macros. Parameters
 * that a network has no macro for are omitted, so the defaults apply: a sale, in the offer's currency, at the time of
 * reception. Pure.
 */

export interface Postback {
  network: string;
  title: string;
  /** The address to paste, with the network's macros as they are. */
  url: string;
  /** What the offer's destination_url must carry, so that the network knows the click. */
  destination_parameter: string;
  /** Where to paste the URL in that network, and what to check. */
  note: string;
}

interface Network {
  network: string;
  title: string;
  destination_parameter: string;
  /** Our parameters, filled with the network's macros. */
  macros: Record<string, string>;
  note: string;
}

const REFUNDS =
  'For refunds add a second postback with &event=refund, for rejected conversions one with &event=void.';
/** Some networks show a macro only where the account may use it. */
const ASK = (macro: string): string =>
  `${macro} is the id of each conversion; if it arrives unfilled, which the unattributed report shows as a problem, ask the network for it: without it one sale counts for a click.`;

const NETWORKS: readonly Network[] = [
  {
    // Macros: support.tune.com/hc/en-us/articles/1500008248741, "Passing Values to a Partner Conversion URL".
    // {transaction_id} is that of the click's session (articles/4413247665431); what identifies a conversion is the TUNE
    // Event ID (articles/1500007725601).
    network: 'tune',
    title: 'TUNE (HasOffers)',
    destination_parameter: 'aff_sub={{click_id}}',
    macros: {
      click_id: '{aff_sub}',
      revenue: '{payout}',
      currency: '{currency}',
      txn_id: '{tune_event_id}',
    },
    note: `Offer → Postbacks/Pixels → Postback URL. ${ASK('{tune_event_id}')} ${REFUNDS}`,
  },
  {
    // Macros: helpdesk.everflow.io/customer/your-guide-to-parameters-macros. {transaction_id} is the click's there; each
    // conversion and event has a conversion_id (developers.everflow.io/api-reference/get-networksreportingeventspertransaction).
    network: 'everflow',
    title: 'Everflow',
    destination_parameter: 'sub1={{click_id}}',
    macros: { click_id: '{sub1}', revenue: '{payout_amount}', txn_id: '{conversion_id}' },
    note: `Partner → Postbacks → Add, method Postback. {payout_amount} is what Everflow pays you, in its currency: set the offer’s to the same. For events after the conversion add a second postback of type Event, with &event=rebill. ${ASK('{conversion_id}')}`,
  },
  {
    // support.getcake.com/support/solutions/articles/5000545788: #leadid# is the id of each conversion, #tid# the advertiser's.
    network: 'cake',
    title: 'CAKE',
    destination_parameter: 's2={{click_id}}',
    macros: { click_id: '#s2#', revenue: '#price#', txn_id: '#leadid#', ts: '#utcunixtime#' },
    note: 'Offer card → Testing & Tracking → Postback URL. CAKE has no token for the currency: the offer’s currency is used. #leadid# is CAKE’s own id of the conversion.',
  },
  {
    // doc.voluum.com/en/traffic_source_postback_url.html; the transaction id is the txid of the postback that reported the
    // conversion to Voluum (doc.voluum.com/article/parameters-in-postback-urls).
    network: 'voluum',
    title: 'Voluum',
    destination_parameter: 'externalid={{click_id}}',
    macros: { click_id: '{externalid}', revenue: '{payout}', txn_id: '{transaction.id}' },
    note: 'Traffic source → Postback URL; map the parameter externalid to External ID. Voluum reports in its account’s currency: set the offer’s to the same. {transaction.id} is the txid that the affiliate network gives to Voluum; where it gives none, one sale counts for a click.',
  },
  {
    // v9.help.keitaro.io/en/campaigns-and-streams/s2s-postback-placeholders.html. {tid} may be a mere number of the sale
    // of one click, such as 2 (…/en/conversions-and-postback/postback.html): {subid}, the click, makes it unique.
    network: 'keitaro',
    title: 'Keitaro',
    destination_parameter: 'external_id={{click_id}}',
    macros: { click_id: '{external_id}', revenue: '{revenue}', txn_id: '{subid}-{tid}' },
    note: 'Campaign → S2S postbacks, for the status sale; one more with &event=rebill for rebill, one with &event=lead for lead, one with &event=void for rejected. Keitaro reports in its own currency: set the offer’s to the same.',
  },
  {
    // help.redtrack.io/knowledgebase/kb/conversion-tracking/supported-dynamic-parameters
    network: 'redtrack',
    title: 'RedTrack',
    destination_parameter: 'ref_id={{click_id}}',
    macros: { click_id: '{ref_id}', revenue: '{payout}', txn_id: '{convid}' },
    note: `Traffic channel → S2S Postback URL. RedTrack reports in its own currency: set the offer’s to the same. ${ASK('{convid}')} ${REFUNDS}`,
  },
  {
    // help.impact.com/en/support/solutions/articles/155000000882 lists the macros; {ActionId} is the id of each action.
    network: 'impact',
    title: 'Impact',
    destination_parameter: 'subId1={{click_id}}',
    macros: {
      click_id: '{SubId1}',
      revenue: '{Payout}',
      currency: '{Currency}',
      txn_id: '{ActionId}',
    },
    note: 'Settings → Technical → Event Notifications → Action Lifecycle Events, method GET. Impact reports an action again when it is changed or reversed, with its new payout: set the offer’s duplicates to replace.',
  },
  {
    network: 'generic',
    title: 'Any other network',
    destination_parameter: 'click_id={{click_id}}',
    macros: {
      click_id: '{click_id}',
      event: '{event}',
      revenue: '{amount}',
      currency: '{currency}',
      txn_id: '{transaction_id}',
      ts: '{timestamp}',
    },
    note: 'Replace the placeholders in braces with the network’s own macros; omit parameters that the network has no macro for. event is one of sale, rebill, lead, install, signup, refund, chargeback, void; txn_id is the id of each conversion, not of the click. If the network reports several refunds of one conversion, add &refund_id= with the id of the refund.',
  },
];

/** One for each network. `base_url` has no slash at its end: `https://trk.example`. */
export function postbacks(base_url: string, offer_id: string, postback_secret: string): Postback[] {
  return NETWORKS.map(({ macros, ...network }) => {
    // The generic one is of no network.
    const label = network.network === 'generic' ? {} : { network: network.network };
    const own = new URLSearchParams({ offer_id, postback_secret, ...label });
    // Networks recognise a macro only unencoded, as their documentation writes it.
    const others = Object.entries(macros).map(([name, macro]) => `&${name}=${macro}`);
    return { ...network, url: `${base_url}/conv/offer?${own}${others.join('')}` };
  });
}
