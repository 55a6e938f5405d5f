import type {
  AdminListenerConfiguration,
  CibaConfiguration,
  Configuration,
  HookConfiguration,
  MutualTlsConfiguration,
  MutualTlsListenerConfiguration,
  ListenerConfiguration,
  MetadataDocumentConfiguration,
  OAuth2Configuration,
  TlsConfiguration,
  UrlConfiguration,
} from './configuration.js';

/**
 * The values of the sources after validation. Defaults are filled in and durations are in seconds, but values that depend
 * on other keys are not yet derived.
 */
export interface Settings extends Omit<Configuration, 'serve' | 'urls' | 'oauth2' | 'oidc' | 'clients' | 'secrets'> {
  serve: ServeSettings;
  urls: UrlSettings;
  oauth2: OAuth2Settings;
  oidc: OidcSettings;
  clients: ClientSettings;
  secrets: { system?: string[]; cookie?: string[]; pagination?: string[]; accept_unbound: boolean };
  hsm: { enabled: boolean };
}

export interface ServeSettings extends Omit<Configuration['serve'], 'public' | 'admin' | 'mtls' | 'workers'> {
  /** `auto` or a number. The number is a text if it comes from a variable. */
  workers: number | string;
  public: ListenerSettings;
  admin: ListenerSettings & Pick<AdminListenerConfiguration, 'allowed_hosts'>;
  mtls: MutualTlsListenerSettings;
  tls: TlsConfiguration;
}

/** The keys of the listener for mutual TLS; what others have is fixed there. */
export type MutualTlsListenerSettings = Pick<
  MutualTlsListenerConfiguration,
  'enabled' | 'host' | 'port' | 'max_connections'
> & { tls: Pick<TlsConfiguration, 'cert' | 'key'> };

/** Absent keys of `tls` are taken from `serve.tls`. */
interface ListenerSettings extends Omit<ListenerConfiguration, 'tls'> {
  tls: Partial<TlsConfiguration> & Pick<TlsConfiguration, 'cert' | 'key'>;
}

interface UrlSettings extends Partial<Omit<UrlConfiguration, 'self' | 'device' | 'identity_provider'>> {
  self: Partial<UrlConfiguration['self']>;
  device: Partial<UrlConfiguration['device']>;
  identity_provider: UrlConfiguration['identity_provider'];
}

type Registration = Configuration['oidc']['dynamic_client_registration'];

interface OidcSettings extends Omit<
  Configuration['oidc'],
  'subject_identifiers' | 'dynamic_client_registration' | 'ciba'
> {
  ciba: Omit<CibaConfiguration, 'hook'> & { hook?: Hook };
  subject_identifiers: { supported_types: ('public' | 'pairwise')[]; pairwise?: { salt: string } };
  dynamic_client_registration: Omit<Registration, 'allowed_scopes'> & Partial<Pick<Registration, 'allowed_scopes'>>;
}

type Hook = string | HookConfiguration;

interface ClientSettings extends Omit<Configuration['clients'], 'metadata_documents'> {
  metadata_documents: Omit<MetadataDocumentConfiguration, 'scope'> &
    Partial<Pick<MetadataDocumentConfiguration, 'scope'>>;
}

interface OAuth2Settings extends Omit<
  OAuth2Configuration,
  'token_hook' | 'refresh_token_hook' | 'device_authorization' | 'mtls'
> {
  mtls: MutualTlsSettings;
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

/** A key of `proxy` may be absent or empty. */
export type MutualTlsSettings = Omit<MutualTlsConfiguration, 'proxy'> & {
  proxy: Partial<NonNullable<MutualTlsConfiguration['proxy']>>;
};
