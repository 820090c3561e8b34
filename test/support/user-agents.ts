/**
 * User agents written by hand, one or a few of each shape that browsers, apps and robots send, with the verdict that
 * is right for it. Versions, builds and many devices are invented. Whoever changes the rules of src/bots/agents adds
 * the shapes that made the change necessary.
 */

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE_WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

/** Chrome on an Android phone of this name. */
export const phoneNamed = (device: string): string =>
  `Mozilla/5.0 (Linux; Android 13; ${device}) ${WEBKIT} Chrome/127.0.0.0 Mobile Safari/537.36`;
/** The web view of an app there. */
export const webViewNamed = (device: string, app = ''): string =>
  `Mozilla/5.0 (Linux; Android 12; ${device} Build/SP1A.210812.016; wv) ${WEBKIT} Version/4.0 Chrome/126.0.6478.71 Mobile Safari/537.36${app}`;
/** The web view of an app on an iPhone. */
export const inAppOnIphone = (app: string): string =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${IPHONE_WEBKIT} Mobile/15E148${app}`;

const DEVICES_LIKE_ROBOTS = [
  'Discovery SE',
  'M bot 60',
  'M_bot_tab_71',
  'B BOT 550',
  'XBot_Senior',
  'Google 2XL',
  'Google Pixel 8',
  'Newsday_A2',
  'Newsday',
  'Spider X1',
  'GLX Spider1S',
  'Capture+',
  'Superion Radar Deluxe',
  'ECHO JAVA',
  'CG|EON Blaze GOLD',
  'HTTP One',
  'Scan Phone 5',
  'Monitor',
  'Proxy S',
  'Crawler 4x4',
  'Rugged Detect()',
  'Preview service phone',
  'moto g power (2022)',
  'CUBOT_X18_Plus',
  'bot',
  'Headless 9',
];

const SMS_READERS = [
  `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${IPHONE_WEBKIT} Version/18.1 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${IPHONE_WEBKIT} Version/16.6 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IPHONE_WEBKIT} CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IPHONE_WEBKIT} FxiOS/127.0 Mobile/15E148 Safari/605.1.15`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IPHONE_WEBKIT} EdgiOS/125.0.2535.96 Version/17.0 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IPHONE_WEBKIT} GSA/320.0.639 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IPHONE_WEBKIT} Version/17.4 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15`,
  `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/130.0.0.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 14; SM-S918B) ${WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; U; Android 11; de-de; Redmi Note 9 Build/RP1A) ${WEBKIT} Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.4`,
  `Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-AN01; HMSCore 6.11) ${WEBKIT} Chrome/99.0.4844.88 HuaweiBrowser/13.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; arm_64; Android 13; SM-A525F) ${WEBKIT} Chrome/124.0.0.0 YaBrowser/24.4.1 Mobile Safari/537.36`,
  'Mozilla/5.0 (Android 13; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0',
  'Mozilla/5.0 (Linux; U; Android 2.3.5; en-us; Some Phone Build/GRJ90) AppleWebKit/533.1 (KHTML, like Gecko) Version/4.0 Mobile Safari/533.1',
  // Without parentheses, as some proxies write it.
  'Mozilla/5.0 Linux; Android 8.1.0; Discovery 5 AppleWebKit/537.36 KHTML, like Gecko Chrome/75.0.3770.89 Mobile Safari/537.36',
  // Without an engine.
  'Mozilla/5.0 (Linux; Android 7.0; iQ801 Build/NRD90M)',
  'Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5',
  'Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; HTC; Radar Scan) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15254',
  'Mozilla/5.0 (compatible; MSIE 9.0; Windows Phone OS 7.5; Trident/5.0; IEMobile/9.0; HTC; Radar C110e)',
  'Mozilla/5.0 (SAMSUNG; SAMSUNG-GT-S8500/1.0; U; Bada/1.0; en-us) AppleWebKit/533.1 (KHTML, like Gecko) Dolfin/2.0 Mobile WVGA',
  'Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+',
  'Mozilla/5.0 (SymbianOS/9.4; Series60/5.0 Nokia5800d-1/60.0.003; Profile/MIDP-2.1 Configuration/CLDC-1.1) AppleWebKit/533.4 (KHTML, like Gecko)',
  'Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/191.315; U; en) Presto/2.8.119 Version/11.10',
  'Opera/9.80 (Android; Opera Mini/36.2.2254/191.315; U; en) Presto/2.12.423 Version/12.16',
  'UCWEB/2.0 (MIDP-2.0; U; Adr 8.1.0; ru; Redmi_6) U2/1.0.0 UCBrowser/9.0.1.379 U2/1.0.0 Mobile',
  'UCWEB/2.0 (Java; U; MIDP-2.0; Nokia203/20.37) U2/1.0.0 UCMini/10.9.8 (SpeedMode; Proxy; Android 9; Phone_X ) U2/1.0.0 Mobile',
  'dv(iPh11,8);pr(UCBrowser/11.3.5.1203);ov(15_3_1);ss(375x812);bt(GJ);pm(0);bv(0);nm(0);im(1);nt(2);',
  'Nokia6120c/3.83; Profile/MIDP-2.0 Configuration/CLDC-1.1',
  'SonyEricssonJ108i/R1x Browser/NetFront/3.5 Profile/MIDP-2.1 Configuration/CLDC-1.1 JavaPlatform/JP-8.5',
  'BlackBerry8520/5.0.0.681 Profile/MIDP-2.1 Configuration/CLDC-1.1 VendorID/600',
  'LG-GS290/V100 Obigo/WAP2.0 Profile/MIDP-2.1 Configuration/CLDC-1.1',
  'SAMSUNG-GT-C3312/1.0 NetFront/4.2 Profile/MIDP-2.0 Configuration/CLDC-1.1',
  'Fly_D1/ WAP Browser/MAUI(HTTP PGDL;HTTPS)Profile/Q03C1-2.40 ru-RU',
  'BlackBerry7520/4.0.0 Profile/MIDP-2.0 Configuration/CLDC-1.1 UP.Browser/5.0.3.3 UP.Link/5.1.2.12 (Google WAP Proxy/1.0)',
  'DoCoMo/2.0 P01A(c100;TB;W24H15)',
  // Some apps' web views.
  'iPhone13ProMax',
];

const IN_APPS = [
  inAppOnIphone(
    ' [FBAN/FBIOS;FBAV/462.0.0.36.107;FBBV/595;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5;FBSS/3;FBCR/Google Fi;FBID/phone;FBLC/en_US;FBOP/5]',
  ),
  webViewNamed('CUBOT S108', ' [FB_IAB/FB4A;FBAV/465.0.0.52.107;FBCR/Spider Mobile;]'),
  inAppOnIphone(
    ' Instagram 336.0.0.34.93 (iPhone14,5; iOS 17_5; en_US; en; scale=3.00; 1170x2532; 609775437)',
  ),
  webViewNamed(
    'SM-A536B',
    ' Instagram 339.0.0.30.105 Android (33/13; 450dpi; 1080x2177; samsung; M bot 60; a53x; s5e8825; en_GB; 613)',
  ),
  inAppOnIphone(' Barcelona 337.0.0.31.91 (iPhone14,5; iOS 17_5; en_US; en; scale=3.00; 1170x2532; 610)'),
  webViewNamed(
    'RMX3231',
    ' musical_ly_2023405020 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/34.5.2 ByteLocale/en BytedanceWebview/d8a21c6',
  ),
  inAppOnIphone(
    ' trill_340502 JsSdk/2.0 NetType/4G Channel/App Store ByteLocale/en Region/DE BytedanceWebview/d8a21c6',
  ),
  inAppOnIphone(' Snapchat/12.89.0.40 (like Safari/8617.2.4, panda)'),
  webViewNamed('Pixel 7', ' Snapchat/12.90.0.46 (Pixel 7; Android 14#11795871; gzip)'),
  inAppOnIphone(' Safari Line/14.9.0'),
  webViewNamed('SO-51C', ' Line/14.9.1/IAB'),
  webViewNamed('SM-G991N', ' KAKAOTALK/10.8.3 (INAPP)'),
  inAppOnIphone(' NAVER(inapp; search; 2000; 12.6.1; 14PRO)'),
  inAppOnIphone(' MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/en'),
  webViewNamed(
    'M2102J2SC',
    ' XWEB/1260059 MMWEBSDK/20240501 MMWEBID/2310 MicroMessenger/8.0.50.2701(0x28003252) WeChat/arm64 Weixin NetType/5G Language/zh_CN ABI/arm64',
  ),
  inAppOnIphone(' AliApp(AP/10.6.10) AlipayClient/10.6.10 AlipayDefined(nt:WIFI,ws:390|780|3.0) Language/en'),
  inAppOnIphone(' [Pinterest/iOS]'),
  webViewNamed('moto g82', ' [Pinterest/Android]'),
  inAppOnIphone(' Twitter for iPhone/10.45'),
  webViewNamed('SM-A127F', ' TwitterAndroid'),
  inAppOnIphone(' [LinkedInApp]/9.29.8962'),
  webViewNamed('SM-F721B', ' GSA/15.23.36.28.arm64'),
  webViewNamed('SM-A515F', ' Telegram-Android/10.14.5 (Samsung SM-A515F; Android 13; SDK 33; AVERAGE)'),
  webViewNamed('CPH2219', ' DuckDuckGo/5'),
  inAppOnIphone(' Flipboard/4.3.27'),
  inAppOnIphone(' Reddit/Version 2024.22.0/Build 614/iOS Version 17.5'),
  inAppOnIphone(' SmartNews 24.6.1'),
  webViewNamed('VOG-L29', ' JsSdk/2 NewsArticle/7.3.6 NetType/4g'),
  webViewNamed('ATH-AL00', ' JsKit/1.0 (Android) SohuNews/5.7.3 BuildCode/113'),
  webViewNamed('NX569J', ' AWP/2.0 SogouMSE,SogouMobileBrowser/6.1.5'),
  webViewNamed('VFD 1300', ' [air.com.examplepoker/1.0]'),
  inAppOnIphone(' AppleNews/1345 Version/3.2'),
  inAppOnIphone(' com.google.GooglePlus/33839'),
  inAppOnIphone(' Example.com/24.1'),
  webViewNamed('Pixel 6', ' ExampleSearch/8.1 ExampleDownload/2.0 FeedReader/3'),
];

const COMPUTERS = [
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/130.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Brave Chrome/120.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IPHONE_WEBKIT} Version/17.5 Safari/605.1.15`,
  `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko',
];

const CRAWLERS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  `Mozilla/5.0 ${WEBKIT.replace(')', '; compatible; Examplebot/1.0; +https://bot.example)')} Chrome/120.0.0.0 Safari/537.36`,
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; Example/1.0)',
  'Mozilla/5.0 (compatible; TikTok-Bot/1.0)',
  'Mozilla/5.0 (compatible; Yahoo! Slurp)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Example-User/0.1) Chrome/119.0.6045.214 Safari/537.36',
  'Example-Crawler (+https://crawler.example/about)',
  'Feedfetcher-Google; (+http://www.google.com/feedfetcher.html)',
  'ExampleReader/3.1 (https://reader.example; 12 subscribers)',
  'Pinterest/0.2 (+http://www.pinterest.com/)',
];

/** Robots that dress as phones and computers. */
const DRESSED = [
  'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.126 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  `${phoneNamed('Pixel 2')} (compatible; Google-InspectionTool/1.0)`,
  `${phoneNamed('Nexus 5')}; Bytespider`,
  `${phoneNamed('Moto G4')} Chrome-Lighthouse`,
  `${phoneNamed('Nexus 5')} PTST/314`,
  `${phoneNamed('Nexus 5X')} +https://sitebulb.example`,
  `${phoneNamed('Nexus 5X')} CloudflareObservatory/1.0`,
  `${phoneNamed('GEC77')} Nitro-Optimizer-Agent`,
  `${phoneNamed('SM-A525F')} (compatible; Example/1.0)`,
  `Mozilla/5.0 (Linux; Android 8.0; Pixel 2 Build/OPD3.170816.012; Storebot-Google/1.0) ${WEBKIT} Chrome/81.0.4044.138 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 8.0; Pixel 2 Build/OPD3; compatible; Examplebot/2; +http://x.example) ${WEBKIT} Chrome/81.0.4044.138 Mobile Safari/537.36`,
  'Mozilla/5.0 (Linux; Android 4.2.1; en-us; Nexus 5 Build/JOP40D) AppleWebKit/535.19 (KHTML, like Gecko; googleweblight) Chrome/38.0.1025.166 Mobile Safari/535.19',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 8_1 like Mac OS X) AppleWebKit/600.1.4 (KHTML, like Gecko) Version/8.0 Mobile/12B410 Safari/600.1.4 (Applebot/0.1; +http://www.apple.com/go/applebot)',
  `Mozilla/5.0 (iPhone; CPU iPhone OS 12_0 like Mac OS X) adcheck.com/policy ${IPHONE_WEBKIT} CriOS/69.0.3497.105 Mobile/15E148 Safari/605.1`,
  'Mozilla/5.0 (iPhone; Example crawler; http://crawler.example)',
  'Mozilla/5.0 (Windows Phone 8.1; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; Lumia 530) like Gecko (compatible; adidxbot/2.0; +http://www.bing.com/bingbot.htm)',
  'DoCoMo/2.0 P901i(c100;TB;W24H11) (compatible; example/mobile; +http://crawler.example)',
  'Nokia6820/2.0 (4.83) Profile/MIDP-1.0 Configuration/CLDC-1.0 (compatible; Googlebot-Mobile/2.1; +http://www.google.com/bot.html)',
  `Thumbor/6.7.5, ${phoneNamed('RAZER Phone')}`,
  `${phoneNamed('SM-A525F')} GoogleMessages/20240101`,
  `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/117.0.0.0 Safari/537.36 GTmetrix`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/102.0.5005.63 Safari/537.36 by Examplecheck`,
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.21 (KHTML, like Gecko) wkhtmltopdf Safari/537.21',
  `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/131.0.0.0 Safari/537.36`,
  'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) Example/1.2 Safari/538.1',
];

/** Whatever claims no browser. */
const PROGRAMS = [
  'containerd/1.5',
  'containerd/v1.4.13-k3s1',
  'Artifactory/7.21',
  'Artifactory/7.21.5 72105900',
  'ReactorNetty/0.9',
  'ReactorNetty/0.9.10.RELEASE',
  'docker/19.03.8 go/go1.12.17 git-commit/afacb8b7f0 kernel/4.19.123 os/linux arch/amd64',
  'cri-o/1.16.1 go/go1.12.17 os/linux arch/amd64',
  'kubectl/v1.12.0 (linux/amd64) kubernetes/0ed3388',
  'kube-probe/1.29+',
  'Gradle/7.1 (Linux;4.15.0;amd64) (Oracle Corporation;11.0.10;11.0.10+9)',
  'GitLab/17.11.5-ee',
  'Mikrotik/6.x Fetch',
  'ExampleClient/Ruby/2.2.1',
  'MyCompany link checker',
  'curl/8.5.0',
  'Wget/1.21.4',
  'python-requests/2.32.3',
  'Go-http-client/2.0',
  'okhttp/4.12.0',
  'axios/1.7.7',
  'node',
  'Java/17.0.11',
  'Apache-HttpClient/5.3.1 (Java/17.0.11)',
  'Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A)',
  'MobileSafari/8617.2.4 CFNetwork/1498 Darwin/23.5.0',
  'AppleCoreMedia/1.0.0.19A583 (iPhone; U; CPU OS 15_0 like Mac OS X; en_us)',
  'ExamplePodcasts/3.6.2 (Linux;Android 9) ExoPlayerLib/2.13.1',
  'ExampleApp/5.1 (iPhone; iOS 17.5; Scale/3.00)',
  'AndroidDownloadManager/9 (Linux; U; Android 9; CPH1907 Build/PKQ1)',
  'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13231; Pro)',
  'Mozilla/5.0 (win32) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/15.2.1',
  'Mozilla/5.0 (Laravel Example Presence)',
  'Mozilla/5.0 (platform; rv:geckoversion) Gecko/geckotrail Firefox/firefoxversion',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X) Word/14.63.0',
  'Mozilla/6.5 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/98.0.1 Safari/667.35',
  'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4291',
  'Mozilla/5.0',
  '',
];

const PREVIEWS = [
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  'WhatsApp/2.24.11.79 A',
  'TelegramBot (like TwitterBot)',
  'Viber/22.5.0.0',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
  'Mozilla/5.0 (X11; Ubuntu; Linux i686; rv:24.0) Gecko/20100101 Firefox/24.0',
];

export const PEOPLE: readonly string[] = [
  ...SMS_READERS,
  ...DEVICES_LIKE_ROBOTS.flatMap((device) => [phoneNamed(device), webViewNamed(device)]),
  ...IN_APPS,
  ...COMPUTERS,
];
export const ROBOTS: readonly string[] = [...CRAWLERS, ...DRESSED, ...PROGRAMS, ...PREVIEWS];
