/** Errors whose message was written for the operator, by name: importing their classes would load what they belong to. */
const SPEAKS_FOR_ITSELF = new Set([
  'CommandFailed',
  'ConfigurationError',
  'DatabaseUnreachable',
  'ListenError',
  'PortTaken',
]);

/** One message without a stack. A password in an address that an error quotes is left out. */
export function failureText(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const isKnown = error instanceof Error && SPEAKS_FOR_ITSELF.has(error.name);
  return withoutPasswords(isKnown ? message : `The command failed: ${message}`);
}

function withoutPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s@]*@/gi, '$1…@');
}
