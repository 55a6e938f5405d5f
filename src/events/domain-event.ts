/** What happened, in words of the domain: `login.accepted`, `token.issued`, `refresh_token.replayed`. Never a secret. */
export interface DomainEvent {
  /** Noun and past participle, separated by a dot. */
  type: string;
  at: Date;
  requestId?: string;
  clientId?: string;
  subject?: string;
  [detail: string]: unknown;
}

export type EventListener = (event: DomainEvent) => void | Promise<void>;
