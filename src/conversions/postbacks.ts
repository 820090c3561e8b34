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

const REFUNDS = 'For refunds add a second postback with &event=refund.';

const NETWORKS: readonly Network[] = [
  {
    // support.tune.com, "Passing Values to a Partner Conversion URL"
    network: 'tune',
    title: 'TUNE (HasOffers)',
    destination_parameter: 'aff_sub={{click_id}}',
    macros: {
      click_id: '{aff_sub}',
      revenue: '{payout}',
      currency: '{currency}',
      txn_id: '{transaction_id}',
    },
    note: `Offer → Postbacks/Pixels → Postback URL. ${REFUNDS}`,
  },
  {
    // helpdesk.everflow.io, "A Guide to Parameters and Macros"
    network: 'everflow',
    title: 'Everflow',
    destination_parameter: 'sub1={{click_id}}',
    macros: { click_id: '{sub1}', revenue: '{payout_amount}', txn_id: '{transaction_id}' },
    note: 'Partner → Postbacks → Add, method Postback. {payout_amount} is what Everflow pays you, in its currency: set the offer’s to the same. For events after the conversion add a second postback of type Event, with &event=rebill.',
  },
  {
    // support.getcake.com, "CAKE Tokens"
    network: 'cake',
    title: 'CAKE',
    destination_parameter: 's2={{click_id}}',
    macros: { click_id: '#s2#', revenue: '#price#', txn_id: '#leadid#', ts: '#utcunixtime#' },
    note: 'Offer card → Testing & Tracking → Postback URL. CAKE has no token for the currency: the offer’s currency is used. #leadid# is CAKE’s own id of the conversion.',
  },
  {
    // doc.voluum.com, "Traffic Source Postback URL"
    network: 'voluum',
    title: 'Voluum',
    destination_parameter: 'externalid={{click_id}}',
    macros: { click_id: '{externalid}', revenue: '{payout}', txn_id: '{transaction.id}' },
    note: 'Traffic source → Postback URL; map the parameter externalid to External ID. Voluum reports in its account’s currency: set the offer’s to the same.',
  },
  {
    // docs.keitaro.io, "S2S postback placeholders"
    network: 'keitaro',
    title: 'Keitaro',
    destination_parameter: 'external_id={{click_id}}',
    macros: { click_id: '{external_id}', revenue: '{revenue}', txn_id: '{tid}' },
    note: 'Campaign → S2S postbacks, for the status sale; one more with &event=lead for lead, one with &event=refund for rejected. Keitaro reports in its own currency: set the offer’s to the same.',
  },
  {
    // help.redtrack.io, "Dynamic parameters"
    network: 'redtrack',
    title: 'RedTrack',
    destination_parameter: 'ref_id={{click_id}}',
    macros: { click_id: '{ref_id}', revenue: '{payout}', txn_id: '{convid}' },
    note: `Traffic channel → S2S Postback URL. RedTrack reports in its own currency: set the offer’s to the same. ${REFUNDS}`,
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
    note: 'Replace the placeholders in braces with the network’s own macros; omit parameters that the network has no macro for. event is one of sale, rebill, lead, install, signup, refund, chargeback.',
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
