// The authorization code flow, with the generator as the browser, the login and consent app and the client.
import { createHash } from 'node:crypto';
import { CALLBACK, check, random } from './world.mjs';

/** The cookies of a browser for the server's public origin. */
export class Jar {
  #cookies = new Map();
  keep(lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';');
      const i = pair.indexOf('=');
      if (attributes.some((a) => /^ *max-age=(0|-\d+)$/i.test(a))) this.#cookies.delete(pair.slice(0, i));
      else this.#cookies.set(pair.slice(0, i), pair.slice(i + 1));
    }
  }
  get header() {
    return this.#cookies.size ? `cookie: ${[...this.#cookies].map((c) => c.join('=')).join('; ')}\r\n` : '';
  }
}

/** Visits the authorization endpoint once, and returns the address of its redirect. */
async function visit(user, jar, url) {
  const r = await user.public.get(url.pathname + url.search, jar.header);
  const location = r.header('location');
  check((r.status === 302 || r.status === 303) && location, 'authorize', r);
  jar.keep(r.cookies);
  return new URL(location, user.public.origin);
}

/** Acts as the login or consent app: reads the request that `url` names, and accepts it. */
async function accept(user, kind, url, answer) {
  const challenge = url.searchParams.get(`${kind}_challenge`);
  check(challenge, `no ${kind} challenge in ${url}`);
  const base = `/admin/oauth2/auth/requests/${kind}`,
    query = `?${kind}_challenge=${encodeURIComponent(challenge)}`;
  const asked = await user.admin.get(base + query);
  check(asked.status === 200 && asked.json?.challenge, `${kind} request`, asked);
  const told = await user.admin.json('PUT', `${base}/accept${query}`, answer(asked.json));
  check(told.status === 200 && told.json?.redirect_to, `${kind} accept`, told);
  return { next: new URL(told.json.redirect_to), skip: asked.json.skip };
}

const authorizeUrl = (user, parameters) =>
  new URL(`/oauth2/auth?${new URLSearchParams(parameters)}`, user.public.origin);

const request = (client, parameters) => ({
  client_id: client.id,
  response_type: 'code',
  redirect_uri: CALLBACK,
  scope: 'openid offline_access',
  ...parameters,
});

/** Pushes a request with PKCE (RFC 9126); returns what the browser brings of it, and the verifier. */
export async function push(user, client, parameters = { state: random(), nonce: random() }) {
  const verifier = random(32);
  const pkce = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const r = await user.public.form('/oauth2/par', request(client, { ...parameters, ...pkce }), client.basic);
  check(r.status === 201 && r.json?.request_uri && r.json.expires_in > 0, 'push', r);
  return { asked: { client_id: client.id, request_uri: r.json.request_uri }, verifier };
}

/** Sends the first request of a flow, which then waits for its login. */
export async function beginFlow(user, client) {
  await visit(user, new Jar(), authorizeUrl(user, request(client, { state: random(), nonce: random() })));
}

/** Eight requests, or nine with a push; returns the token response, and whether login and consent were remembered. */
export async function codeFlow(
  user,
  client,
  {
    jar = new Jar(),
    subject = `user-${Math.floor(Math.random() * 10_000)}`,
    remember = false,
    pushes = false,
    proof = '',
  } = {},
) {
  const [state, nonce] = [random(), random()];
  const { asked, verifier } = pushes
    ? await push(user, client, { state, nonce })
    : { asked: request(client, { state, nonce }) };
  const login = await accept(user, 'login', await visit(user, jar, authorizeUrl(user, asked)), (r) => ({
    subject: r.skip ? r.subject : subject,
    remember,
    remember_for: 0,
  }));
  const consent = await accept(user, 'consent', await visit(user, jar, login.next), (r) => ({
    grant_scope: r.requested_scope,
    grant_access_token_audience: r.requested_access_token_audience,
    remember,
    remember_for: 0,
  }));
  const end = (await visit(user, jar, consent.next)).searchParams;
  check(end.get('code') && end.get('state') === state, `no code: ${end}`);
  const r = await user.public.form(
    '/oauth2/token',
    {
      grant_type: 'authorization_code',
      code: end.get('code'),
      redirect_uri: CALLBACK,
      ...(client.secret ? {} : { client_id: client.id }),
      ...(verifier && { code_verifier: verifier }),
    },
    (client.secret ? client.basic : '') + proof,
  );
  const tokens = r.json;
  check(r.status === 200 && tokens?.access_token && tokens.refresh_token && tokens.id_token, 'code exchange', r);
  const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'));
  check(claims.nonce === nonce && claims.sub === subject, `id token of ${claims.sub}, wanted ${subject}`);
  return { ...tokens, subject, remembered: login.skip && consent.skip };
}
