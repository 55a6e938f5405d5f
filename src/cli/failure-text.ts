import { sqlState } from '../database/sql-state.js';

/** Names of errors whose message is written for the operator: importing their classes would load their modules. */
const SPEAKS_FOR_ITSELF = new Set([
  'CertificateAuthorityError',
  'CommandFailed',
  'ConfigurationError',
  'DatabaseUnreachable',
  'ListenError',
  'PortTaken',
]);

/** What an operator can do when PostgreSQL refuses with this code. */
const ADVICE: Record<string, string | undefined> = {
  '25006': 'Use the address of the primary, and set default_transaction_read_only to off.',
  '42501': 'Use the role that owns the tables, or, for the first migration, one that may create them.',
};

/** Makes one message without a stack. Passwords in addresses that an error quotes are left out. */
export function failureText(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const isKnown = error instanceof Error && SPEAKS_FOR_ITSELF.has(error.name);
  const advice = ADVICE[sqlState(error) ?? ''];
  return withoutPasswords(isKnown ? message : `The command failed: ${message}${advice ? `. ${advice}` : ''}`);
}

function withoutPasswords(text: string): string {
  return text.replace(/(:\/\/[^\s/:@]*:)[^\s@]*@/g, '$1…@');
}
