/** Who acted: an authenticated client, a person's browser, a caller of the admin API, or the server by itself. */
type Actor = 'client' | 'subject' | 'admin' | 'server';

/**
 * All event types, named by a noun and a past participle, with the actor where a request to the public listener causes the
 * event. The admin API has no authentication: every caller of it is `admin`. docs/audit.md explains each type.
 */
export const EVENT_ACTORS = {
  'assertion.replayed': 'client',
  'ciba.approved': 'admin',
  'ciba.denied': 'admin',
  'ciba.requested': 'client',
  'client.created': 'admin',
  'client.registered': 'client',
  'client.updated': 'client',
  'client.document_changed': 'client',
  'client.document_fetched': 'client',
  'client.deleted': 'client',
  'client.secret_rotated': 'admin',
  'client.old_secrets_ended': 'admin',
  'client.access_tokens_ended': 'admin',
  'code.replayed': 'client',
  'consent.accepted': 'admin',
  'consent.rejected': 'admin',
  'consent.revoked': 'admin',
  'credential.issued': 'client',
  'dpop.rejected': 'client',
  'dpop.replayed': 'client',
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
  'mtls.rejected': 'client',
  'par.pushed': 'client',
  'refresh_token.replayed': 'client',
  'token.exchanged': 'client',
  'token.issued': 'client',
  'token.refreshed': 'client',
  'token.revoked': 'client',
  'trusted_issuer.created': 'admin',
  'trusted_issuer.deleted': 'admin',
} as const satisfies Record<string, Actor>;

export type EventType = keyof typeof EVENT_ACTORS;

/** Something that has happened, published after it has taken effect. No member may ever contain a secret. */
export interface DomainEvent {
  type: EventType;
  at: Date;
  clientId?: string;
  subject?: string;
  /** Id of the login session. */
  sid?: string;
  grantId?: string;
  /** The grant at the token endpoint; `implicit` for tokens that the authorization endpoint issues. */
  grantType?: string;
  consentRequestId?: string;
  keySet?: string;
  kid?: string;
  /** The client of the token that was exchanged. */
  subjectClient?: string;
  /** Who acts by an exchanged token: `sub` of its `act`. */
  actingSubject?: string;
  /** `iss` of a trusted issuer. */
  issuer?: string;
  remember?: boolean;
  /** The number of affected items where one event covers several. */
  count?: number;
  /** The way by which the receiver is notified of a logout. */
  channel?: string;
  attempts?: number;
  /** HTTP status of the response. */
  status?: number;
  /** The reason of a failure, as a sentence for operators. */
  failure?: string;
  /** Why something was refused, one of a few words. */
  reason?: string;
  /** The host of another server, with its port. */
  host?: string;
  /** How something ended, one of a few words. */
  outcome?: string;
}

/** The request that caused an event; Exchange implements it. */
export interface Origin {
  readonly listener: 'public' | 'admin' | 'mtls';
  readonly requestId: string;
  readonly remoteAddress: string;
}

/** @param origin undefined if the server acted by itself */
export type EventListener = (event: DomainEvent, origin: Origin | undefined) => void | Promise<void>;

export function actorOf({ type }: DomainEvent, origin: Origin | undefined): Actor {
  if (!origin) return 'server';
  return origin.listener === 'admin' ? 'admin' : EVENT_ACTORS[type];
}
