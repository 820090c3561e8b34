/** What the provider of OpenID Connect and the shared system have agreed on. */
export const OIDC_CLIENT = { client_id: 'trackly', client_secret: 'a secret of the tests' };
