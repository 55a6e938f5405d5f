import { actorOf, type DomainEvent, type Origin } from '../events/domain-event.js';

type Detail = Exclude<keyof DomainEvent, 'type' | 'at'>;

/** Every member that a line can have, under its name in the admin API: other members of an event are never written. */
export const AUDIT_MEMBERS: Readonly<Record<Detail, string>> = {
  clientId: 'client_id',
  subject: 'subject',
  sid: 'sid',
  grantId: 'grant_id',
  grantType: 'grant_type',
  consentRequestId: 'consent_request_id',
  keySet: 'key_set',
  kid: 'kid',
  subjectClient: 'subject_client',
  actingSubject: 'acting_subject',
  issuer: 'issuer',
  remember: 'remember',
  count: 'count',
  channel: 'channel',
  attempts: 'attempts',
  status: 'status',
  failure: 'failure',
  reason: 'reason',
  host: 'host',
  outcome: 'outcome',
};
const MEMBERS = Object.entries(AUDIT_MEMBERS) as [Detail, string][];

/** One line of JSON with the members of the event. It ends in a line feed. */
export function auditLine(event: DomainEvent, origin: Origin | undefined): string {
  const line: Record<string, unknown> = {
    time: event.at.toISOString(),
    type: event.type,
    actor: actorOf(event, origin),
    request_id: origin?.requestId,
    remote_address: origin?.remoteAddress,
  };
  for (const [name, shown] of MEMBERS) line[shown] = event[name]; // JSON omits members that are undefined
  return `${JSON.stringify(line)}\n`;
}
