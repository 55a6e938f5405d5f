/** Who acted: a client by its own authentication, a person's browser, a caller of the admin API, or the server by itself. */
export type Actor = 'client' | 'subject' | 'admin' | 'server';

/**
 * Every type of event, a noun and a past participle, and who acts where it comes of a request to the public listener. The
 * admin API has no authentication of its own: whoever reaches it is `admin`. docs/audit.md says what each of them means.
 */
export const EVENT_ACTORS = {
  'assertion.replayed': 'client',
  'client.created': 'admin',
  'client.registered': 'client',
  'client.updated': 'client',
  'client.deleted': 'client',
  'client.secret_rotated': 'admin',
  'client.old_secrets_ended': 'admin',
  'client.access_tokens_ended': 'admin',
  'code.replayed': 'client',
  'consent.accepted': 'admin',
  'consent.rejected': 'admin',
  'consent.revoked': 'admin',
  'credential.issued': 'client',
  'grant.started': 'subject',
  'grant.revoked': 'admin',
  'key.created': 'admin',
  'key.replaced': 'admin',
  'key.deleted': 'admin',
  'key.published': 'server',
  'key.activated': 'server',
  'key.retired': 'server',
  'key_set.replaced': 'admin',
  'key_set.deleted': 'admin',
  'login.accepted': 'admin',
  'login.rejected': 'admin',
  'login_session.started': 'subject',
  'login_session.ended': 'subject',
  'logout.accepted': 'admin',
  'logout.completed': 'subject',
  'logout.rejected': 'admin',
  'logout_delivery.delivered': 'server',
  'logout_delivery.failed': 'server',
  'logout_delivery.expired': 'server',
  'refresh_token.replayed': 'client',
  'token.issued': 'client',
  'token.refreshed': 'client',
  'token.revoked': 'client',
  'trusted_issuer.created': 'admin',
  'trusted_issuer.deleted': 'admin',
} as const satisfies Record<string, Actor>;

export type EventType = keyof typeof EVENT_ACTORS;

/** What happened, in words of the domain, published once it is true. No member may ever hold a secret. */
export interface DomainEvent {
  type: EventType;
  at: Date;
  clientId?: string;
  subject?: string;
  /** Id of the login session. */
  sid?: string;
  grantId?: string;
  /** At the token endpoint; `implicit` for what the authorization endpoint hands out. */
  grantType?: string;
  consentRequestId?: string;
  keySet?: string;
  kid?: string;
  /** Of a trusted issuer. */
  issuer?: string;
  remember?: boolean;
  /** How many it was at once. */
  count?: number;
  /** How a logout is passed on. */
  channel?: string;
  attempts?: number;
  /** HTTP status of the answer. */
  status?: number;
  /** Why it failed, in words. */
  failure?: string;
}

/** The request of which an event comes. An Exchange is one. */
export interface Origin {
  readonly listener: 'public' | 'admin';
  readonly requestId: string;
  readonly remoteAddress: string;
}

/** @param origin undefined where the server acted by itself */
export type EventListener = (event: DomainEvent, origin: Origin | undefined) => void | Promise<void>;

/** Who acted. */
export function actorOf({ type }: DomainEvent, origin: Origin | undefined): Actor {
  if (!origin) return 'server';
  return origin.listener === 'admin' ? 'admin' : EVENT_ACTORS[type];
}
