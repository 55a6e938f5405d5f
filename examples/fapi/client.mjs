/**
 * Makes the key of the client and prints its document, for `ostiary create oauth2-client --file -`:
 * `node examples/fapi/client.mjs client-key.json http://127.0.0.1:5557/callback`
 */
import { makeKey } from '../keys/client-key.mjs';

const [file = 'client-key.json', redirectUri = 'http://127.0.0.1:5557/callback'] = process.argv.slice(2);
const document = {
  client_name: 'A client under FAPI 2.0',
  security_profile: 'fapi-2.0-message-signing',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: [redirectUri],
  scope: 'openid offline_access profile',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  request_object_signing_alg: 'ES256',
  authorization_signed_response_alg: 'ES256',
  id_token_signed_response_alg: 'ES256',
  dpop_bound_access_tokens: true,
  jwks: { keys: [await makeKey(file)] },
};
console.log(JSON.stringify(document, undefined, 2));
