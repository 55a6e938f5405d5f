import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { Listing } from '../output/format.js';

/** An issuer whose assertions the server accepts (RFC 7523), as the API shows it. */
export interface TrustedIssuer {
  id: string;
  issuer: string;
  subject: string;
  allow_any_subject: boolean;
  scope: string[];
  public_key: { set: string; kid: string };
  expires_at: string;
}

export const ISSUERS_PATH = '/admin/trust/grants/jwt-bearer/issuers';

const COLUMNS = ['ID', 'ISSUER', 'SUBJECT', 'SCOPE', 'KEY ID', 'EXPIRES AT'];
const NAMES = ['trusted-jwt-grant-issuer', 'trusted-jwt-grant-issuers', 'trusted-issuer', 'trusted-issuers'];

/** The resource below a verb, with all its spellings. @param name the spelling that the help shows */
export function issuerCommand(verb: Command, name: string, description: string): Command {
  const aliases = NAMES.filter((other) => other !== name);
  return verb.command(name).aliases(aliases).description(description);
}

/** @throws CommandFailed where the response is not a trusted issuer */
export function issuerIn(body: unknown): TrustedIssuer {
  if (typeof (body as TrustedIssuer | null | undefined)?.public_key === 'object') return body as TrustedIssuer;
  throw new CommandFailed('The answer holds no trusted issuer: is this the address of the admin API?');
}

export function issuerRow(issuer: TrustedIssuer): Listing {
  return { columns: COLUMNS, rows: [cells(issuer)], value: issuer, single: true };
}

export function issuerRows(issuers: readonly TrustedIssuer[]): Listing {
  return { columns: COLUMNS, rows: issuers.map(cells), value: issuers };
}

function cells({
  id,
  issuer,
  subject,
  allow_any_subject: any,
  scope,
  public_key: key,
  expires_at,
}: TrustedIssuer): string[] {
  return [id, issuer, any ? '(any)' : subject, scope.join(' '), key.kid, expires_at];
}
