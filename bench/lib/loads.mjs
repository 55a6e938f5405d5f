// The loads beyond capacity. Each prepares itself and returns a function for the next request: its listener, its bytes,
// and `verify(answer)`, which says what is wrong with a response.
import { codeFlow } from './flow.mjs';
import { CALLBACK, pick, random } from './world.mjs';

const CHAINS = 500;

const bytesOf = (method, path, headers, body = '') =>
  Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n${headers}` +
      (method === 'GET' ? '\r\n' : `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
  );
const FORM = 'content-type: application/x-www-form-urlencoded\r\n';
const form = (path, fields, headers = '') =>
  bytesOf('POST', path, FORM + headers, new URLSearchParams(fields).toString());

const holds =
  (status, text) =>
  ({ status: given, text: body }) =>
    given === status && body.includes(text) ? undefined : 'wrong';

async function clientCredentials(world) {
  const fields = { grant_type: 'client_credentials', scope: 'read' };
  const verify = holds(200, '"access_token":"');
  const all = (await world.machines()).map(({ basic }) => ({
    listener: 'public',
    bytes: form('/oauth2/token', fields, basic),
    verify,
  }));
  return () => pick(all);
}

async function introspect(world) {
  const verify = holds(200, '"active":true');
  const all = (await world.tokens()).map(({ token }) => ({
    listener: 'admin',
    bytes: form('/admin/oauth2/introspect', { token }),
    verify,
  }));
  return () => pick(all);
}

async function authorize(world) {
  const verify = (answer) =>
    [302, 303].includes(answer.status) && answer.header('location')?.includes('login_challenge=') ? undefined : 'wrong';
  const all = (await world.webClients()).map(({ id }) => {
    const query = new URLSearchParams({
      client_id: id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid offline_access',
      state: random(),
      nonce: random(),
    });
    return { listener: 'public', bytes: bytesOf('GET', `/oauth2/auth?${query}`, ''), verify };
  });
  return () => pick(all);
}

/** Chains with a request in flight are not used again: where all have one, `otherwise` is used. */
async function refresh(world, otherwise) {
  const clients = await world.webClients();
  const idle = await world.times(CHAINS, async (user) => {
    const client = pick(clients);
    return { client, token: (await codeFlow(user, client)).refresh_token };
  });
  return () => {
    const chain = idle.shift();
    if (!chain) return otherwise();
    const fields = { grant_type: 'refresh_token', refresh_token: chain.token };
    const verify = (answer) => {
      const next = answer.status === 200 ? answer.json?.refresh_token : undefined;
      chain.token = next ?? chain.token;
      if (next || answer.status === 503) idle.push(chain);
      return next ? undefined : 'wrong';
    };
    return { listener: 'public', bytes: form('/oauth2/token', fields, chain.client.basic), verify };
  };
}

export const LOADS = {
  'client-credentials': clientCredentials,
  /** A quarter of each. */
  async mix(world) {
    const credentials = await clientCredentials(world);
    const all = [credentials, await introspect(world), await authorize(world), await refresh(world, credentials)];
    let turn = 0;
    return () => all[turn++ % all.length]();
  },
};
