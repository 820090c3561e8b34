/** A real provider of OpenID Connect on loopback, whose people say in the sign-in form who they are. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { OIDC_CLIENT } from './oidc-client.ts';

/** Not a literal: the types of the package's own dependencies contradict each other. */
const PACKAGE: string = 'oidc-provider';
type ProviderClass = new (issuer: string, options: object) => { callback(): RequestListener };

export interface RunningProvider {
  close(): Promise<void>;
}

/** `people`: whether each address is verified. A login `2#<address>` is somebody else who has the address as well. */
export async function startOidcProvider(
  issuer: string,
  redirect_uri: string,
  people: Record<string, boolean>,
): Promise<RunningProvider> {
  const { default: Provider } = (await import(PACKAGE)) as { default: ProviderClass };
  const provider = new Provider(issuer, {
    clients: [{ ...OIDC_CLIENT, redirect_uris: [redirect_uri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['of a test'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => {
        const email = id.replace(/^2#/, '');
        return { sub: id, email, email_verified: people[email] ?? false };
      },
    }),
  });
  const server: Server = createServer(provider.callback());
  const { port } = new URL(issuer);
  await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Goes from the address that Trackly sends to through the provider's forms; resolves with the address of the answer. */
export async function signInAtProvider(start: string, email: string, origin: string): Promise<string> {
  const cookies = new Map<string, string>();
  const ask = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
  let url = start;
  for (let hops = 0; hops < 12; hops++) {
    const response = await ask(url);
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url).href;
      if (url.startsWith(origin)) return url;
      continue;
    }
    const page = await response.text();
    const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
    const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
    const posted = await ask(new URL(action, url).href, {
      prompt,
      ...(prompt === 'login' ? { login: email, password: 'any' } : {}),
    });
    url = new URL(posted.headers.get('location') ?? '', url).href;
  }
  throw new Error('the provider does not come to an end');
}
