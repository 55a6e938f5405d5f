import type {
  Configuration,
  HookConfiguration,
  ListenerConfiguration,
  OAuth2Configuration,
  TlsConfiguration,
  UrlConfiguration,
} from './configuration.js';

/**
 * What the sources say, after validation: defaults are filled in and durations are seconds, but what depends on other
 * keys is not yet derived.
 */
export interface Settings extends Omit<Configuration, 'serve' | 'urls' | 'oauth2' | 'oidc' | 'secrets'> {
  serve: ServeSettings;
  urls: UrlSettings;
  oauth2: OAuth2Settings;
  oidc: OidcSettings;
  secrets: { system?: string[]; cookie?: string[]; pagination?: string[] };
  hsm: { enabled: boolean };
}

export interface ServeSettings extends Omit<Configuration['serve'], 'public' | 'admin' | 'workers'> {
  /** `auto`, or a number, which a variable gives as text. */
  workers: number | string;
  public: ListenerSettings;
  admin: ListenerSettings;
  tls: TlsConfiguration;
}

/** What it does not say of TLS is that of `serve.tls`. */
export interface ListenerSettings extends Omit<ListenerConfiguration, 'tls'> {
  tls: Partial<TlsConfiguration> & Pick<TlsConfiguration, 'cert' | 'key'>;
}

interface UrlSettings extends Partial<Omit<UrlConfiguration, 'self' | 'device' | 'identity_provider'>> {
  self: Partial<UrlConfiguration['self']>;
  device: Partial<UrlConfiguration['device']>;
  identity_provider: UrlConfiguration['identity_provider'];
}

interface OidcSettings extends Omit<Configuration['oidc'], 'subject_identifiers'> {
  subject_identifiers: { supported_types: ('public' | 'pairwise')[]; pairwise?: { salt: string } };
}

type Hook = string | HookConfiguration;

interface OAuth2Settings extends Omit<
  OAuth2Configuration,
  'token_hook' | 'refresh_token_hook' | 'device_authorization'
> {
  token_hook?: Hook;
  refresh_token_hook?: Hook;
  device_authorization: Omit<OAuth2Configuration['device_authorization'], 'user_code'> & {
    user_code: UserCodeSettings;
  };
}

export interface UserCodeSettings {
  entropy_preset?: 'high' | 'medium' | 'low';
  length?: number;
  character_set?: string;
}
