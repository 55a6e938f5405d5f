/**
 * Makes the key of the client and prints its document, for `ostiary create oauth2-client --file -`:
 * `node examples/jwt-responses/client.mjs client-key.json http://127.0.0.1:5560/callback`
 */
import { makeKey } from '../keys/client-key.mjs';

const [file = 'client-key.json', redirectUri = 'http://127.0.0.1:5560/callback'] = process.argv.slice(2);
const document = {
  client_name: 'A client that gets signed responses',
  redirect_uris: [redirectUri],
  scope: 'openid profile',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  authorization_signed_response_alg: 'RS256',
  jwks: { keys: [await makeKey(file)] },
};
console.log(JSON.stringify(document, undefined, 2));
