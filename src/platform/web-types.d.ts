/** Names of the web's types that packages use in their declarations, and that Node has under names of its own. */
type CryptoKey = import('node:crypto').webcrypto.CryptoKey;
type BodyInit = NonNullable<RequestInit['body']>;
type HeadersInit = NonNullable<RequestInit['headers']>;
/** Of passkeys, which nothing here uses. */
type AuthenticationExtensionsPRFValues = unknown;
