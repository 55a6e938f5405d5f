import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import type { Documents } from '../../http/outbound/documents.js';
import type { Outbound } from '../../http/outbound/outbound.js';
import type { KeySets } from '../../keys/key-sets.js';
import { DEVICE_CODE } from '../../protocol/constants.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { type ClientMetadata, EMPTY_METADATA } from '../client-metadata.js';
import type { Registration } from './registration-rule.js';
import { RegistrationRules } from './registration-rules.js';

const CALLBACK = 'https://app.example/cb';
const publicKey = (): Record<string, unknown> => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid: 'a',
});

function configuration(): Configuration {
  const partial = {
    dev: false,
    clients: { http: { disallow_private_ip_ranges: false, private_ip_exception_urls: [] as string[] } },
    oauth2: {
      hashers: { algorithm: 'pbkdf2' },
      encryption: { enabled: false, algs: ['RSA-OAEP-256', 'ECDH-ES'], encs: ['A128GCM', 'A128CBC-HS256'] },
    },
    oidc: { subject_identifiers: { supported_types: ['public', 'pairwise'] } },
    strategies: { access_token: 'opaque' },
  };
  return partial as unknown as Configuration;
}

describe('the registration rules', () => {
  let config: Configuration;
  let documents: Record<string, string>;
  let asked: string[];
  let status: number;
  const shelf = {
    read: ({ url }: { url: string }) => {
      asked.push(url);
      const text = documents[url];
      return text === undefined
        ? Promise.reject(new OutboundError('unreachable', 'It cannot be reached.'))
        : Promise.resolve({ status, headers: {}, text });
    },
  } as unknown as Documents;
  const outbound = {
    assertPublic: (url: string) => {
      asked.push(url);
      if (url.includes('.invalid')) return Promise.reject(new OutboundError('unreachable', 'It does not exist.'));
      return /\/\/(10|127)\./.test(url)
        ? Promise.reject(new OutboundError('refused', 'It is private.'))
        : Promise.resolve();
    },
  } as unknown as Outbound;

  const keySets = { algorithms: () => Promise.resolve(['ES256', 'RS256']) } as unknown as KeySets;

  const check = (over: Partial<Registration> = {}, metadata: Partial<ClientMetadata> = {}): Promise<void> =>
    new RegistrationRules(new ConfigHolder(config), outbound, shelf, keySets).check({
      ...{ clientId: 'c', name: '', owner: '', ...over },
      metadata: { ...EMPTY_METADATA, ...metadata },
    });
  const accepted = (metadata: object): Promise<void> => check({}, metadata);
  const refused = async (metadata: object, word: string, code = 'invalid_client_metadata'): Promise<void> => {
    const error: unknown = await accepted(metadata).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(OAuthError);
    const { status, code: given, hint } = error as OAuthError;
    expect([status, given, hint]).toEqual([400, code, expect.stringContaining(word)]);
  };

  beforeEach(() => {
    [config, documents, asked, status] = [configuration(), {}, [], 200];
  });
  afterEach(() => vi.restoreAllMocks());

  it('refuse the demand for signed request objects beside the algorithm none', async () => {
    const demand = { require_signed_request_object: true };
    await refused({ ...demand, request_object_signing_alg: 'none' }, 'request_object_signing_alg');
    await accepted({ ...demand, request_object_signing_alg: 'ES256' });
    await accepted(demand);
    await accepted({ require_signed_request_object: false, request_object_signing_alg: 'none' });
  });

  it.each([
    ['native', ['com.example.app:/callback', 'https://app.example/cb', 'http://127.0.0.1/cb', 'http://localhost/cb']],
    ['native', ['http://[::1]:8080/cb']],
    ['web', ['https://app.example/cb']],
  ])('accept redirect URIs of a %s application: %j', async (application_type, redirect_uris) => {
    await accepted({ application_type, redirect_uris, grant_types: ['implicit'], response_types: ['id_token'] });
  });

  it('refuse redirect URIs that do not fit the application type', async () => {
    const implicit = { grant_types: ['implicit'], response_types: ['id_token'] };
    const redirect = (redirect_uris: string[]) => ({ redirect_uris, ...implicit });
    const native = { application_type: 'native', ...redirect(['http://app.example/cb']) };
    await refused(native, 'native application', 'invalid_redirect_uri');
    for (const uri of ['http://app.example/cb', 'https://localhost/cb', 'https://127.0.0.1/cb', 'app.example:/cb']) {
      await refused({ application_type: 'web', ...redirect([uri]) }, 'web application', 'invalid_redirect_uri');
    }
    await accepted({ application_type: 'web', redirect_uris: ['http://localhost/cb'] });
    await accepted(redirect(['http://localhost/cb']));
    await refused({ application_type: 'desktop' }, 'application_type');
  });

  it('refuse types of authorization details that are empty, repeated, too long or too many', async () => {
    const many = Array.from({ length: 65 }, (_, i) => `t${i}`);
    for (const types of [[''], ['a', 'a'], ['a'.repeat(256)], many]) {
      await refused({ authorization_details_types: types }, 'authorization_details_types');
    }
    await accepted({ authorization_details_types: ['a', 'a'.repeat(255)] });
    await accepted({ authorization_details_types: many.slice(1) });
    await accepted({ authorization_details_types: [] });
  });

  it('refuse default_acr_values that no request could have', async () => {
    await accepted({ default_acr_values: ['urn:mace:incommon:iap:silver', 'gold'] });
    for (const value of ['', 'two words', 'a\u0000', ' ']) {
      await refused({ default_acr_values: ['gold', value] }, 'default_acr_values');
    }
    await refused({ default_acr_values: Array.from({ length: 101 }, (_, i) => `a${i}`) }, 'default_acr_values');
  });

  it('accept a client without anything', async () => {
    await accepted({});
    expect(asked).toEqual([]);
  });

  describe('for keys', () => {
    it('exclude jwks and jwks_uri, and private_key_jwt needs one', async () => {
      const jwks = { keys: [publicKey()] };
      await refused({ jwks, jwks_uri: 'https://a.example/jwks' }, 'jwks_uri');
      await refused({ token_endpoint_auth_method: 'private_key_jwt' }, 'private_key_jwt');
      await accepted({ token_endpoint_auth_method: 'private_key_jwt', jwks });
      await accepted({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } });
      await accepted({ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example/jwks' });
    });

    it.each(['HS256', 'none', 'EdDSA', 'RS1'])('refuse the assertion algorithm %s', async (alg) => {
      const method = { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example/jwks' };
      await refused({ ...method, token_endpoint_auth_signing_alg: alg }, 'token_endpoint_auth_signing_alg');
      await accepted({ ...method, token_endpoint_auth_signing_alg: 'ES512' });
      await accepted({ token_endpoint_auth_signing_alg: alg });
    });

    it('refuse unsound keys, and private and symmetric ones', async () => {
      const key = publicKey();
      await refused({ jwks: { keys: {} } }, 'list');
      await refused({ jwks: { keys: ['x'] } }, 'Key 0');
      await refused({ jwks: { keys: [key, { kty: 'XX' }] } }, 'Key 1');
      await refused({ jwks: { keys: [{ ...key, x: 'AAAA' }] } }, 'Key 0');
      for (const part of [{ d: 'AAAA' }, { d: 5 }, { p: 'AAAA' }, { qi: 'AAAA' }, { oth: [] }]) {
        await refused({ jwks: { keys: [{ ...key, ...part }] } }, 'private');
      }
      await refused({ jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'symmetric');
    });
  });

  describe('for encryption', () => {
    const RESPONSES = ['id_token', 'userinfo', 'authorization', 'introspection'];
    const jwks_uri = 'https://a.example/jwks';
    const jwks = (...over: object[]) => ({ keys: over.map((one) => ({ ...publicKey(), ...one })) });

    it.each(RESPONSES.map((name) => `${name}_encrypted_response`))('check %s', async (name) => {
      const [alg, enc] = [`${name}_alg`, `${name}_enc`];
      for (const weak of ['RSA1_5', 'dir', 'PBES2-HS256+A128KW', 'A128KW', 'RSA-OAEP', 'none', 'ecdh-es']) {
        await refused({ [alg]: weak, jwks: jwks({}) }, alg);
      }
      await refused({ [enc]: 'A128GCM', jwks: jwks({}) }, enc);
      await refused({ [alg]: 'ECDH-ES', [enc]: 'A128CTR', jwks: jwks({}) }, enc);
      await refused({ [alg]: 'ECDH-ES' }, alg);
      await refused({ [alg]: 'RSA-OAEP-256', jwks: jwks({}) }, alg);
      await accepted({ [alg]: 'ECDH-ES', jwks: jwks({}) });
      await accepted({ [alg]: 'ECDH-ES', [enc]: 'A128GCM', jwks: jwks({ use: 'enc', alg: 'ECDH-ES' }) });
    });

    it.each([{ use: 'sig' }, { alg: 'ES256' }, { alg: 'ECDH-ES+A128KW' }])(
      'take no key for another purpose: %o',
      async (over) => {
        await refused(
          { id_token_encrypted_response_alg: 'ECDH-ES', jwks: jwks(over) },
          'id_token_encrypted_response_alg',
        );
        await accepted({ id_token_encrypted_response_alg: 'ECDH-ES', jwks: jwks(over, {}) });
      },
    );

    it('read the keys of an address, if it answers', async () => {
      const metadata = { userinfo_encrypted_response_alg: 'ECDH-ES', jwks_uri };
      await accepted(metadata);
      documents[jwks_uri] = JSON.stringify(jwks({}));
      await accepted(metadata);
      for (const text of [JSON.stringify(jwks({ use: 'sig' })), '{"keys":[]}', '{}', 'x']) {
        documents[jwks_uri] = text;
        await refused(metadata, 'userinfo_encrypted_response_alg');
      }
      await accepted({ jwks_uri });
    });

    it('need no key of the client for request objects', async () => {
      await accepted({ request_object_encryption_alg: 'ECDH-ES', request_object_encryption_enc: 'A128GCM' });
      await refused({ request_object_encryption_alg: 'RSA1_5' }, 'request_object_encryption_alg');
      await refused({ request_object_encryption_enc: 'A128GCM' }, 'request_object_encryption_enc');
    });
  });

  describe('for addresses', () => {
    it.each(['tos_uri', 'policy_uri', 'logo_uri', 'client_uri'])('let %s be a web page only', async (field) => {
      for (const uri of [
        'javascript:alert(1)',
        'ftp://a.example',
        'file:///etc/passwd',
        'not a uri',
        '//a',
        'http://',
      ]) {
        await refused({ [field]: uri }, field);
      }
      await accepted({ [field]: 'http://a.example/page?x#y' });
    });

    it.each(['jwks_uri', 'frontchannel_logout_uri', 'backchannel_logout_uri'])(
      'let %s be http(s) only',
      async (field) => {
        await refused({ [field]: 'javascript:alert(1)' }, field);
        await refused({ [field]: 'urn:a' }, field);
        await accepted({ [field]: 'http://127.0.0.1/x' });
      },
    );

    it('refuse private ones where the operator forbids them, except his exceptions', async () => {
      const forbidden = { disallow_private_ip_ranges: true, private_ip_exception_urls: ['http://10.0.0.1/ok'] };
      config = { ...config, clients: { ...config.clients, http: forbidden } };
      await refused({ jwks_uri: 'http://10.0.0.1/jwks' }, 'jwks_uri');
      await refused({ backchannel_logout_uri: 'http://127.0.0.1/out' }, 'backchannel_logout_uri');
      await refused({ request_uris: ['https://a.example', 'http://127.0.0.1/r'] }, 'request_uris');
      await accepted({ jwks_uri: 'https://8.8.8.8/jwks' });
      await accepted({ jwks_uri: 'http://10.0.0.1/ok?x=1' });
    });

    it('refuse private ones of a stranger, except in development', async () => {
      const stranger = { jwks_uri: 'http://127.0.0.1/jwks', dynamically_registered: true };
      await refused(stranger, 'jwks_uri');
      config = { ...config, dev: true };
      await accepted(stranger);
    });

    it('do not tell a name that does not exist from a private one', async () => {
      const hint = (jwks_uri: string): Promise<unknown> =>
        accepted({ jwks_uri, dynamically_registered: true }).catch((error: unknown) => (error as OAuthError).hint);
      expect(await hint('https://no-such-name.invalid/jwks')).toBe(await hint('https://10.0.0.1/jwks'));
    });

    it('look a host of a stranger up once, and give up where many names are answered slowly', async () => {
      const stranger = { dynamically_registered: true };
      await accepted({ ...stranger, request_uris: ['https://a.example/1', 'https://a.example:8443/2'] });
      expect(asked).toEqual(['https://a.example/1']);
      asked.length = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => asked.length * 1_900);
      const request_uris = Array.from({ length: 1_000 }, (_, i) => `https://${i}.a.example`);
      await refused({ ...stranger, request_uris }, 'request_uris');
      expect(asked).toHaveLength(3);
    });

    it.each([
      'https://a.example',
      'http://a.example:8080',
      'https://*.a.example',
      'http://[::1]:3000',
      'http://127.0.0.1',
    ])('accept the origin %s', (origin) => accepted({ allowed_cors_origins: [origin] }));

    it.each([
      '*',
      'ftp://a.example',
      'https://u:p@a.example',
      'https://a.example/x',
      'https://a.example?x',
      'https://a#x',
      'a',
    ])('refuse the origin %s', (origin) => refused({ allowed_cors_origins: [origin] }, 'allowed_cors_origins'));

    it.each(['https://a.example/cb#f', 'app.example.com', '/cb', '', 'javascript:alert(1)', 'https://a.example/c b'])(
      'refuse the redirect URI %j',
      (uri) => refused({ redirect_uris: [uri] }, 'redirect_uris', 'invalid_redirect_uri'),
    );

    it('accept redirect URIs of apps', () =>
      accepted({ redirect_uris: ['com.example.app:/cb', 'http://a.example/cb'] }));

    it('accept post-logout redirect URIs on any host and of any app', async () => {
      for (const uri of ['https://b.example/bye?x=1', 'http://localhost:3000/', 'my.app:/bye', 'my-app://signed-out']) {
        await accepted({ redirect_uris: [CALLBACK], post_logout_redirect_uris: [uri] });
      }
    });

    it.each(['/bye', '', 'javascript:alert(1)', 'https://b.example/bye#part', 'https://b.example/b ye'])(
      'refuse the post-logout redirect URI %j',
      (uri) => refused({ post_logout_redirect_uris: [CALLBACK, uri] }, 'post_logout_redirect_uris'),
    );
  });

  describe('for the sector identifier', () => {
    const uri = 'https://sector.example/list.json';
    const client = { sector_identifier_uri: uri, redirect_uris: [CALLBACK] };

    it('accept a document that lists every redirect URI', async () => {
      documents[uri] = JSON.stringify(['https://other.example/cb', CALLBACK]);
      await accepted(client);
    });

    it.each([undefined, '<html>', '{}', '[]', '[1]', '["https://other.example/cb"]'])(
      'refuse the document %j',
      async (text) => {
        if (text !== undefined) documents[uri] = text;
        await refused(client, 'sector_identifier_uri');
      },
    );

    it.each([201, 302, 404])('refuse an answer with status %i, whatever it lists', async (given) => {
      documents[uri] = JSON.stringify([CALLBACK]);
      status = given;
      await refused(client, `'sector_identifier_uri' is refused. It answered with status ${given}`);
    });

    it('tell a stranger nothing of what is at an address', async () => {
      const hints = new Set<unknown>();
      for (const [given, text] of [
        [404, '[]'],
        [200, '<html>'],
        [200, '["https://other.example/cb"]'],
        [200, undefined],
      ] as const) {
        documents = text === undefined ? {} : { [uri]: text };
        status = given;
        const error: unknown = await accepted({ ...client, dynamically_registered: true }).catch((e: unknown) => e);
        hints.add((error as OAuthError).hint);
      }
      expect(hints.size).toBe(1);
    });

    it('refuse plain http', async () => {
      await refused({ ...client, sector_identifier_uri: 'http://sector.example/list.json' }, 'https');
      expect(asked).toEqual([]);
    });
  });

  it.each([
    [{ subject_type: 'secret' }, 'subject_type'],
    [{ subject_type: 'pairwise', access_token_strategy: 'jwt' }, 'subject_type'],
    [{ userinfo_signed_response_alg: 'ES999' }, 'userinfo_signed_response_alg'],
    [{ userinfo_signed_response_alg: 'PS256' }, 'userinfo_signed_response_alg'],
    [{ id_token_signed_response_alg: 'PS256' }, 'id_token_signed_response_alg'],
    [{ id_token_signed_response_alg: 'none' }, 'id_token_signed_response_alg'],
    [{ authorization_signed_response_alg: 'PS256' }, 'authorization_signed_response_alg'],
    [{ authorization_signed_response_alg: 'none' }, 'authorization_signed_response_alg'],
    [{ introspection_signed_response_alg: 'HS256' }, 'introspection_signed_response_alg'],
    [{ introspection_signed_response_alg: 'none' }, 'introspection_signed_response_alg'],
    [{ access_token_strategy: 'paper' }, 'access_token_strategy'],
  ])('refuse %o', (metadata, field) => refused(metadata, field));

  it.each(['RS256', 'ES256'])(
    'accept %s for all that is signed for the client, for which there is a key',
    async (alg) => {
      await accepted({ id_token_signed_response_alg: alg, userinfo_signed_response_alg: alg });
      await accepted({ authorization_signed_response_alg: alg, introspection_signed_response_alg: alg });
    },
  );

  it('require a sector identifier for pairwise subjects on several hosts only', async () => {
    const on = (...redirect_uris: string[]): object => ({ subject_type: 'pairwise', redirect_uris });
    await accepted(on('https://a.example/cb', 'https://a.example/other', 'http://a.example:8080/cb'));
    await accepted(on('my.app:/cb'));
    await refused(on('https://a.example/cb', 'https://b.example/cb'), 'sector_identifier_uri');
    const uri = 'https://sector.example/list.json';
    documents[uri] = JSON.stringify(['https://a.example/cb', 'https://b.example/cb']);
    await accepted({ ...on('https://a.example/cb', 'https://b.example/cb'), sector_identifier_uri: uri });
  });

  it('share no sector with a stranger whose answers go to whoever polls', async () => {
    const uri = 'https://sector.example/list.json';
    documents[uri] = '["https://a.example/cb"]';
    const polls = { subject_type: 'pairwise', grant_types: ['authorization_code', DEVICE_CODE] };
    const stranger = { ...polls, dynamically_registered: true };
    const named = { redirect_uris: ['https://a.example/cb'] };
    await refused({ ...stranger, ...named }, 'subject_type');
    await refused({ ...stranger, redirect_uris: [], sector_identifier_uri: uri }, 'subject_type');
    await accepted({ ...stranger, redirect_uris: ['my.app:/cb'] });
    await accepted({ ...stranger, redirect_uris: [] });
    await accepted({ ...stranger, ...named, subject_type: 'public' });
    await accepted({ ...polls, ...named });
    await accepted({ ...stranger, ...named, administered: true });
  });

  it('accept pairwise only where the access tokens are opaque', async () => {
    await accepted({ subject_type: 'pairwise' });
    config = { ...config, strategies: { ...config.strategies, access_token: 'jwt' } };
    await refused({ subject_type: 'pairwise' }, 'subject_type');
    await accepted({ subject_type: 'pairwise', access_token_strategy: 'opaque' });
  });

  it('bound secrets: six bytes at least, and with bcrypt 72 at most', async () => {
    await expect(check({ secret: 'short' })).rejects.toThrow(/client_secret/);
    await check({ secret: 'x'.repeat(500) });
    config = { ...config, oauth2: { ...config.oauth2, hashers: { ...config.oauth2.hashers, algorithm: 'bcrypt' } } };
    await check({ secret: 'x'.repeat(72) });
    await expect(check({ secret: 'é'.repeat(37) })).rejects.toThrow(/72/);
  });

  it('bound the document of a stranger', async () => {
    const contacts = Array<string>(1_000).fill('x'.repeat(100));
    await refused({ contacts, dynamically_registered: true }, '65536');
    await accepted({ contacts });
  });

  it('refuse what the table cannot hold', async () => {
    for (const clientId of ['', 'x'.repeat(256), 'a\u0000', '\ud800']) {
      await expect(check({ clientId })).rejects.toThrow(/client_id/);
    }
    await expect(check({ name: 'é'.repeat(751) })).rejects.toThrow(/client_name/);
    await expect(check({ owner: 'x'.repeat(1_501) })).rejects.toThrow(/owner/);
    await check({ clientId: '😀'.repeat(255), name: 'é'.repeat(750) });
  });
});
