/**
 * Makes the encryption key of the client and prints its document, for `ostiary create oauth2-client --file -`:
 * `node examples/encrypted-tokens/client.mjs encryption-key.json http://127.0.0.1:5561/callback`
 */
import { makeEncryptionKey } from './encryption-key.mjs';

const [file = 'encryption-key.json', redirectUri = 'http://127.0.0.1:5561/callback'] = process.argv.slice(2);
const document = {
  client_name: 'A client that gets encrypted tokens',
  redirect_uris: [redirectUri],
  scope: 'openid profile',
  token_endpoint_auth_method: 'none',
  id_token_signed_response_alg: 'RS256',
  id_token_encrypted_response_alg: 'ECDH-ES',
  id_token_encrypted_response_enc: 'A256GCM',
  userinfo_signed_response_alg: 'RS256',
  userinfo_encrypted_response_alg: 'ECDH-ES',
  userinfo_encrypted_response_enc: 'A256GCM',
  jwks: { keys: [await makeEncryptionKey(file)] },
};
console.log(JSON.stringify(document, undefined, 2));
