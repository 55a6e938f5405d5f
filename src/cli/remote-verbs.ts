/**
 * The verbs that call a server over HTTP, and `revoke all` and `import hydra`, which share their verbs with others of them.
 * Each resource below a verb is one line, and none of them loads the server.
 */
import type { Command } from 'commander';
import type { Verb } from './verb.js';

type Resource = () => Promise<(verb: Command) => void>;

export const REMOTE_VERBS: readonly Verb[] = [
  remote('create', 'create clients, keys and trusted issuers', [
    async () => (await import('./oauth2-client/create-client.js')).createClient,
    async () => (await import('./jwk/create-jwk.js')).createJwk,
    async () => (await import('./trusted-issuer/create-issuer.js')).createTrustedIssuer,
  ]),
  remote('get', 'show clients, keys and trusted issuers', [
    async () => (await import('./oauth2-client/get-client.js')).getClient,
    async () => (await import('./jwk/get-jwk.js')).getJwk,
    async () => (await import('./trusted-issuer/get-issuer.js')).getTrustedIssuer,
  ]),
  remote('list', 'list clients and trusted issuers', [
    async () => (await import('./oauth2-client/list-clients.js')).listClients,
    async () => (await import('./trusted-issuer/list-issuers.js')).listTrustedIssuers,
  ]),
  remote('update', 'change clients', [async () => (await import('./oauth2-client/update-client.js')).updateClient]),
  remote('delete', 'delete clients, keys, tokens, trusted issuers and old secrets', [
    async () => (await import('./oauth2-client/delete-client.js')).deleteClient,
    async () => (await import('./jwk/delete-jwk.js')).deleteJwk,
    async () => (await import('./token/delete-access-tokens.js')).deleteAccessTokens,
    async () => (await import('./trusted-issuer/delete-issuer.js')).deleteTrustedIssuer,
    async () => (await import('./oauth2-client/rotate-secret.js')).deleteRotatedSecrets,
  ]),
  remote('import', 'import clients and keys from files, or all of a Hydra from its database', [
    async () => (await import('./oauth2-client/import-clients.js')).importClients,
    async () => (await import('./jwk/import-jwk.js')).importJwk,
    async () => (await import('./import-hydra/import-hydra.command.js')).importHydraCommand,
  ]),
  remote('rotate', 'give clients new secrets', [
    async () => (await import('./oauth2-client/rotate-secret.js')).rotateSecret,
  ]),
  remote('introspect', 'show whether tokens are active', [
    async () => (await import('./token/introspect-token.js')).introspectToken,
  ]),
  remote('revoke', 'revoke tokens, one by one or all that were issued until a moment', [
    async () => (await import('./token/revoke-token.js')).revokeToken,
    async () => (await import('./revoke/revoke-all.command.js')).revokeAll,
  ]),
  remote('perform', 'run OAuth 2.0 flows', [
    async () => (await import('./perform/perform-authorization-code.js')).performAuthorizationCode,
    async () => (await import('./perform/perform-device-code.js')).performDeviceCode,
    async () => (await import('./perform/perform-client-credentials.js')).performClientCredentials,
    async () => (await import('./perform/perform-token-exchange.js')).performTokenExchange,
  ]),
];

function remote(name: string, description: string, resources: readonly Resource[]): Verb {
  const load: Verb['load'] = async () => {
    const { remoteVerb } = await import('./api/remote.js');
    const loaded = await Promise.all(resources.map((resource) => resource()));
    return (verb) => {
      remoteVerb(verb, loaded);
    };
  };
  return { name, description, load };
}
