/** Derives values that the operator did not give from other keys. */
import { availableParallelism } from 'node:os';
import { OFFLINE_SCOPES, OPENID } from '../protocol/constants.js';
import { withoutTrailingSlashes } from '../protocol/trailing-slashes.js';
import type { Configuration, HookConfiguration, UrlConfiguration } from './configuration.js';
import { detailTypesOf } from './detail-types.js';
import { speaksTls, tlsOf } from './listener-tls.js';
import { certificateProxy, mutualTlsListener } from './mutual-tls.js';
import type { Settings, UserCodeSettings } from './settings.js';
import { userCodeCharacters } from './user-code.js';

/** The scopes that stand for claims (OpenID Connect Core §5.4). */
const CLAIM_SCOPES = ['profile', 'email', 'address', 'phone'];

/** RFC 8628 §6.1: letters and digits that are hard to confuse. */
const UNAMBIGUOUS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

const USER_CODE_PRESETS = {
  high: { length: 8, character_set: UNAMBIGUOUS },
  medium: { length: 8, character_set: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  low: { length: 9, character_set: '0123456789' },
};

const LONGEST_SESSION_SECONDS = 180 * 24 * 3600;

/** @param generatedSecret is used if no system secret is configured */
export function derive(settings: Settings, generatedSecret?: string): Configuration {
  const { oauth2, oidc, serve, ttl } = settings;
  return {
    ...settings,
    serve: {
      ...serve,
      public: { ...serve.public, tls: tlsOf(serve, 'public') },
      admin: { ...serve.admin, tls: tlsOf(serve, 'admin') },
      mtls: mutualTlsListener(serve.mtls),
      workers: serve.workers === 'auto' ? availableParallelism() : Number(serve.workers),
    },
    ttl: { ...ttl, authentication_session: Math.min(ttl.authentication_session, LONGEST_SESSION_SECONDS) },
    urls: urlsOf(settings),
    secrets: secretsOf(settings, generatedSecret),
    oidc: {
      ...oidc,
      ciba: { ...oidc.ciba, hook: hookOf(oidc.ciba.hook) },
      subject_identifiers: subjectsOf(settings),
      dynamic_client_registration: registrationOf(settings),
    },
    clients: {
      ...settings.clients,
      metadata_documents: {
        scope: oidc.dynamic_client_registration.default_scope,
        ...settings.clients.metadata_documents,
      },
    },
    oauth2: {
      ...oauth2,
      authorization_details: { types: detailTypesOf(oauth2.authorization_details.types).types },
      mtls: { ...oauth2.mtls, proxy: certificateProxy(oauth2.mtls) },
      token_hook: hookOf(oauth2.token_hook),
      refresh_token_hook: hookOf(oauth2.refresh_token_hook),
      device_authorization: {
        ...oauth2.device_authorization,
        user_code: userCodeOf(oauth2.device_authorization.user_code),
      },
    },
  };
}

function subjectsOf({ oidc }: Settings): Configuration['oidc']['subject_identifiers'] {
  const { supported_types: types, pairwise = { salt: '' } } = oidc.subject_identifiers;
  return { supported_types: types.length > 0 ? types : ['public'], pairwise };
}

/** By default: the scopes of OpenID Connect, for which the person is asked, and the default scope of clients. */
function registrationOf({ oidc }: Settings): Configuration['oidc']['dynamic_client_registration'] {
  const { dynamic_client_registration: registration } = oidc;
  const standard = [...registration.default_scope, OPENID, ...OFFLINE_SCOPES, ...CLAIM_SCOPES];
  return { ...registration, allowed_scopes: registration.allowed_scopes ?? [...new Set(standard)] };
}

function hookOf(hook: string | HookConfiguration | undefined): HookConfiguration | undefined {
  return typeof hook === 'string' ? { url: hook } : hook;
}

function userCodeOf({ entropy_preset = 'high', length, character_set }: UserCodeSettings): {
  length: number;
  character_set: string;
} {
  if (length !== undefined && character_set !== undefined) {
    return { length, character_set: userCodeCharacters(character_set) };
  }
  return USER_CODE_PRESETS[entropy_preset];
}

/**
 * The system secrets decrypt cookies too. So neither their rotation nor a cookie secret that is added later ends all login
 * sessions.
 */
function secretsOf({ secrets }: Settings, generatedSecret?: string): Configuration['secrets'] {
  const own = secrets.cookie ?? [];
  const system = nonEmpty(secrets.system) ?? (generatedSecret === undefined ? [] : [generatedSecret]);
  return {
    system,
    cookie: [...own, ...system.filter((secret) => !own.includes(secret))],
    own_cookie: own,
    pagination: nonEmpty(secrets.pagination) ?? system,
    accept_unbound: secrets.accept_unbound,
  };
}

const nonEmpty = (list: string[] | undefined): string[] | undefined => (list && list.length > 0 ? list : undefined);

/** An empty text counts as absent. The issuer is never changed; every other address without a path gets `/`. */
function urlsOf({ urls, serve, dev }: Settings): UrlConfiguration {
  const addressOf = (name: 'public' | 'admin'): string => {
    return localAddress(dev && !speaksTls(serve, name) ? 'http' : 'https', serve[name]);
  };
  const issuer = urls.self.issuer || addressOf('public');
  const base = withPath(urls.self.public || issuer);
  const page = (given: string | undefined, fallback: string): string =>
    withPath(given || `${base.replace(/\/$/, '')}/oauth2/fallbacks/${fallback}`);
  const login = page(urls.login, 'login');
  return {
    self: {
      ...{ issuer, public: base, admin: withPath(urls.self.admin || addressOf('admin')) },
      ...(urls.self.mtls && { mtls: withoutTrailingSlashes(urls.self.mtls) }),
    },
    login,
    registration: urls.registration ? withPath(urls.registration) : login,
    consent: page(urls.consent, 'consent'),
    logout: page(urls.logout, 'logout'),
    error: page(urls.error, 'error'),
    post_logout_redirect: page(urls.post_logout_redirect, 'logout/callback'),
    device: {
      ...urls.device, // unknown keys are tolerated here and reported
      verification: page(urls.device.verification, 'device'),
      success: page(urls.device.success, 'device/done'),
    },
    identity_provider: {
      ...urls.identity_provider,
      url: urls.identity_provider.url || undefined,
      publicUrl: urls.identity_provider.publicUrl || undefined,
    },
  };
}

function withPath(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)(?=[?#]|$)/i, '$1/');
}

/** The host is localhost if the listener is bound to all interfaces or to a unix socket. */
function localAddress(scheme: string, { host, port }: { host: string; port: number }): string {
  const everywhere = /^(|0\.0\.0\.0|::|\[::\]|unix:.*)$/.test(host);
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${scheme}://${everywhere ? 'localhost' : name}:${port}/`;
}
