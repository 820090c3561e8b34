/**
 * What kind of network an address is in, from the organisation that runs it. Servers are a weak sign: people come
 * from there too, through VPNs that nobody lists. A vendor that opens links to look for malware is a strong one.
 * Rules use organisation names rather than network numbers where possible, because names stay correct when an
 * organisation gets another number.
 *
 * Sources: RouteViews and DB-IP (names of networks); Apple's list of Private Relay's egress networks (Cloudflare,
 * Akamai, Fastly); each vendor's own publication of its networks.
 */
import type { Evidence, NetworkKind, Reason } from '../evidence.ts';

/** Vendors that open links before people do: mail and URL filters, search engines for hosts, takedown services. */
const SECURITY =
  /^(?:proofpoint|mimecast|barracuda networks|censys|netcraft (?:ltd|australia)|securitytrails|rapid7|shodan|urlscan|virustotal|trend micro|kaspersky lab|f-secure|withsecure|eset,|bitdefender|dr\.?web|cyren|vade|hornetsecurity|phishlabs|zerofox|recorded future|shadowserver|binaryedge|internet census|onyphe|avast|gen digital|symantec|cisco systems ironport|fireeye|trellix|mcafee|webroot|cloudmark)/i;

/** Networks that carry people: relays and VPNs of their devices, gateways for a company's devices. */
const RELAY =
  /^(?:cloudflare|zscaler|netskope|cisco opendns|iboss|cato networks|m247|datacamp|mullvad|31173 services|proton ag|packethub|windscribe|private internet|expressvpn|nordvpn|tefincom|surfshark|cyberghost|ipvanish|highwinds|netprotect|clouvider|performive|tzulo|hydra communications|gsl networks|estnoc|strongvpn|hide\.me|anonymizer|vpn |opera software|opera norway)/i;

/** Networks that carry companies' people and also open links themselves, to isolate or filter them. */
const GATEWAY =
  /^(?:palo alto networks|menlo security|forcepoint|check point|fortinet|sophos|symantec web|broadcom inc|blackberry|skyhigh|lookout)/i;

/** Relays by number, because the same organisation runs servers under other numbers. */
const RELAY_ASNS = new Set([36183, 54113, 39351]);

const HOSTING_BRANDS =
  /^(?:amazon(?:\.com,| data| technologies)|google (?:llc|cloud|ireland)|google, llc|microsoft (?:corporation|limited|deutschland mcio)|digitalocean|akamai|linode|the constant company|vultr|oracle (?:corp|svenska|cloud)|hangzhou alibaba|alibaba|shenzhen tencent|tencent|huawei international|beijing baidu|beijing kingsoft|beijing volcano|byteplus|ovh|hetzner|contabo|leaseweb|scaleway|online s\.a\.s|ionos|godaddy|hostinger|ibm$|ibm cloud|softlayer|rackspace|worldstream|hivelocity|upcloud|zenlayer|g-core|fly\.io|yandex\.cloud|yandex llc|selectel|timeweb|reg\.ru|beget|aruba s\.p\.a|strato|netcup|myloc|ikoula|gandi|infomaniak|exoscale|transip|i3d|psychz|quadranet|choopa|nforce|sharktech|multacom|gthost|frantech|buyvm|ponynet|racknerd|colocrossing|hostroyale|dreamhost|liquid web|linode|kamatera|cherry|equinix|packet host|sakura internet|gmo|naver (?:cloud|business)|nhn|ntt global data|digital realty|cyxtera|internap|servers\.com|stark industries|aeza|pq hosting|hosting|gigenet|wholesale internet|datashack|steadfast|singlehop|tierpoint|flexential|atlantic\.net|a2 |inmotion|namecheap|squarespace|wix\.com|vercel|netlify|heroku|render|meta platforms|facebook|bytedance|twitter|x corp|apple inc|salesforce|twilio|internet archive|ahrefs|semrush|seznam\.cz|petal|hostpapa|colocrossing|carinet|nocix|reliablesite|limestone networks|eonix|web2objects|enzu|krypt|volumedrive|webnx|wowrack|new dream network|unified layer|newfold|bluehost|tucows|peg tech|xtom|kaopu|cnservers|ubiquity|mevspace|ip volume|virtuo|hurricane electric|cherryservers|latitude\.sh|phoenixnap|datapacket|24shells|layerhost|quickpacket|input output flood|joe'?s datacenter|interserver|hosthatch|alpharacks|dacen|psb hosting|rackforest|combell|loopia|one\.com|simply\.com|home\.pl|nazwa|forpsi|active 24|wedos|hostpoint|metanet|webzilla|servercentral|deft|huawei cloud|ucloud|qingcloud|vnetwork|bizfly|exabytes|shinjiru|binarylane|servers australia|crucial|micron21)/i;

/** Words in the names of organisations that run servers. */
const HOSTING_WORDS =
  /hosting|\bhost(?:s|ing|way|sailor|europe)?\b|data ?-?cent(?:er|re)s?\b|\bcloud(?:s|ie)?\b|\bservers?\b|\bv[dp]s\b|\bcolo(?:cation|blox)?\b|dedicated|rackspace|bare ?metal/i;

/** … unless the name also has a word of a provider that sells lines to people. */
const ACCESS_WORDS =
  /telecom|telekom|broadband|\bcable\b|wireless|mobile|fib(?:er|re|ra)|internet service|\bisp\b|superfast|universit|school|\bcollege|municip|\bbank\b|hospital/i;

/** The kind of a public network `asn`, run by `organisation`. Pure; called once per network. */
export function networkKindOf(asn: number, organisation: string): NetworkKind {
  if (RELAY_ASNS.has(asn) || RELAY.test(organisation)) return 'relay';
  if (GATEWAY.test(organisation)) return 'gateway';
  if (SECURITY.test(organisation)) return 'security';
  if (HOSTING_BRANDS.test(organisation)) return 'hosting';
  return HOSTING_WORDS.test(organisation) && !ACCESS_WORDS.test(organisation) ? 'hosting' : 'access';
}

/** Akamai's and Fastly's relays are Apple's, which only Apple's devices use. */
const APPLE_RELAYS = new Set([36183, 54113]);
const APPLE = /\((?:iPhone|iPad|iPod|Macintosh)/;

/** The kind of a network for this visitor. */
export function networkKindFor(kind: NetworkKind, asn: number, user_agent: string): NetworkKind {
  return APPLE_RELAYS.has(asn) && !APPLE.test(user_agent) ? 'hosting' : kind;
}

const DESKTOP = /Windows NT|Macintosh|X11/;

export function networkReasons({ network, user_agent }: Pick<Evidence, 'network' | 'user_agent'>): Reason[] {
  if (network === 'hosting') return ['network:hosting'];
  // An SMS is read on a phone; a computer in this network may belong to the vendor.
  if (network === 'gateway') return DESKTOP.test(user_agent) ? ['network:gateway'] : [];
  return network === 'security' ? ['network:security'] : [];
}
