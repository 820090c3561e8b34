/**
 * Header lines of networks' exports as their sources name them, each with two lines of values: one that is paid, and one
 * that is a refund or is not paid. Sources:
 *   TUNE        https://support.tune.com/hc/en-us/articles/1500005163401-Using-the-Conversion-Report (fields selected by
 *               default), https://developers.tune.com/network-models/conversionreport/
 *   Everflow    https://developers.everflow.io/docs/affiliate/reporting/affiliate_raw_conversions (fields of a
 *               conversion; https://developers.everflow.io/api-reference/post-networksreportingconversionsexport: all
 *               columns are exported by default)
 *   CJ          the columns of CJ's commission detail as public importers list them; https://windsor.ai/data-field/cj/
 *   impact.com  https://help.impact.com/en/support/solutions/articles/48001238030 (Advanced Action Listing) and
 *               https://impact-helpdesk.freshdesk.com/en/support/solutions/articles/155000002735 (Action Listing)
 *   ShareASale  https://shareasale.com/x.cfm?action=activity, version 1.7, whose 22 columns public importers list
 *   Voluum      https://doc.voluum.com/article/conversion-status; the columns of the conversions report in public
 *               importers
 *   Rakuten     https://pubhelp.rakutenadvertising.com/hc/en-us/articles/10035508493709 (Signature Orders Report), whose
 *               12 columns public importers check
 *   Awin        https://help.awin.com/docs/understanding-the-data-fields-in-the-transactions-report
 */
export interface Sample {
  network: string;
  csv: string;
  /** What the first line is read as, beside click_id C. */
  first: Record<string, string>;
  /** What the second line is read as: the event, or that nothing is paid. */
  second: 'refund' | 'rejected';
}

export const SAMPLES: readonly Sample[] = [
  {
    network: 'tune',
    csv: `Partner,Offer,Status,Status Message,Payout,Revenue,Sale Amount,Transaction ID,Tune Event ID,Date / Time,Partner Sub ID 1
Sender,Shoes,approved,,$4.00,$5.00,$49.90,T1,E1,2026-11-20 10:00:00,C
Sender,Shoes,rejected,duplicate,$4.00,$5.00,$49.90,T2,E2,2026-11-20 11:00:00,C
`,
    first: { txn_id: 'E1', revenue: '4.00', ts: '2026-11-20T10:00:00.000Z' },
    second: 'rejected',
  },
  {
    network: 'everflow',
    csv: `conversion_id,conversion_unix_timestamp,sub1,sub2,status,payout,revenue,country,event,transaction_id,click_unix_timestamp,sale_amount,currency_id
c1,1795168800,C,,approved,4,5,US,Base,T1,1795168000,49.9,USD
c2,1795168900,C,,rejected,4,5,US,Base,T2,1795168000,49.9,USD
`,
    first: { txn_id: 'c1', revenue: '4.00', currency: 'USD', ts: '2026-11-20T10:00:00.000Z' },
    second: 'rejected',
  },
  {
    network: 'cj',
    csv: `Action Status,Action Type,AID,Commission ID,Country,Event Date,Locking Date,Order ID,Original,Original Action ID,Posting Date,Website ID,Action Tracker ID,Action Tracker Name,CID,Advertiser Name,Commission Amount,Order Discount,SID,Sale Amount
new,sim_sale,1,9,US,2026-11-20T02:00:00-0800,2026-12-10,T1,true,8,2026-11-20T03:00:00-0800,7,6,Sale,5,Shop,"1,004.00",0,C,"10,049.90"
new,sim_sale,1,10,US,2026-11-20T02:30:00-0800,2026-12-10,T1,false,8,2026-11-20T03:30:00-0800,7,6,Sale,5,Shop,-4.00,0,C,-49.90
`,
    first: { txn_id: 'T1', revenue: '1004.00', event: 'sale', ts: '2026-11-20T10:00:00.000Z' },
    second: 'refund',
  },
  {
    network: 'impact',
    csv: `Action Date,Action Id,Campaign,Action Tracker,Status,Sale Amount,Action Earnings,Sub Id 1,Sub Id 2,Sub Id 3,Shared Id,Promo Code
2026-11-20 10:00:00,T1,Shop,Online Sale,PENDING,49.90,$4.00,C,,,,
2026-11-20 11:00:00,T2,Shop,Online Sale,REVERSED,49.90,$4.00,C,,,,
`,
    first: { txn_id: 'T1', revenue: '4.00', ts: '2026-11-20T10:00:00.000Z' },
    second: 'rejected',
  },
  {
    network: 'shareasale',
    csv: `Trans ID|User ID|Merchant ID|Trans Date|Trans Amount|Commission|Comment|Voided|Pending Date|Locked|Aff Comment|Banner Page|Reversal Date|Click Date|Click Time|Banner Id|SKU List|Quantity List|Lock Date|Paid Date|Merchant Organization|Merchant Website
T1|1|2|11/05/2026 10:00:00 AM|49.90|4.00|Sale - 1001|||0|C|||11/05/2026|9:00 AM|3|||||Shop|shop.example
T2|1|2|11/05/2026 11:00:00 AM|49.90|4.00|Sale - 1002|1||0|C|||11/05/2026|9:00 AM|3|||||Shop|shop.example
`,
    first: { txn_id: 'T1', revenue: '4.00', ts: '2026-11-05T10:00:00.000Z' },
    second: 'rejected',
  },
  {
    network: 'voluum',
    csv: `Postback timestamp;Visit timestamp;External ID;Click ID;Transaction ID;Revenue;Cost;Conversion type;Campaign ID;Campaign;Lander;Offer
2026-11-20 10:00:00 AM;2026-11-20 09:00:00 AM;C;w1;T1;4,00;0,10;;1;Spring;;Shoes
2026-11-20 11:00:00 AM;2026-11-20 09:00:00 AM;C;w1;T1;-4,00;0,10;;1;Spring;;Shoes
`,
    first: { txn_id: 'T1', revenue: '4.00', ts: '2026-11-20T10:00:00.000Z' },
    second: 'refund',
  },
  {
    network: 'rakuten',
    csv: `Member ID (U1),MID,Advertiser Name,Order ID,Transaction Date,Transaction Time,SKU,Sales,# of Items,Total Commission,Process Date,Process Time
C,1,Shop,T1,11/5/26,10:00:00,sku,49.90,1,4.00,11/6/26,01:00:00
C,1,Shop,T1,11/6/26,11:00:00,sku,-49.90,-1,(4.00),11/7/26,01:00:00
`,
    first: { txn_id: 'T1', revenue: '4.00', ts: '2026-11-05T10:00:00.000Z' },
    second: 'refund',
  },
  {
    network: 'awin',
    csv: `id,publisher_id,sale_amount,commission,date,commission_status,validation_date,extra,type,site_name,URL,decline_reason,click_ref
T1,1,49.90,4.00,2026-11-20 10:00:00,0,,1001,Sale,Sender,https://sender.example,,C
T2,1,49.90,4.00,2026-11-20 11:00:00,2,2026-11-21 11:00:00,1002,Sale,Sender,https://sender.example,returned,C
`,
    first: { txn_id: 'T1', revenue: '4.00', event: 'sale', ts: '2026-11-20T10:00:00.000Z' },
    second: 'rejected',
  },
];
