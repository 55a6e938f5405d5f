/** The result of a check. Texts never contain a secret or an address with its credentials. */
export interface Finding {
  check: string;
  state: 'ok' | 'warn' | 'fail';
  /** A sentence without a full stop. */
  finding: string;
  /** What the operator should change. */
  change?: string;
}

export const ok = (check: string, finding: string): Finding => ({ check, state: 'ok', finding });

export const warn = (check: string, finding: string, change: string): Finding => ({
  check,
  state: 'warn',
  finding,
  change,
});

export const fail = (check: string, finding: string, change: string): Finding => ({
  check,
  state: 'fail',
  finding,
  change,
});

/** The system's message that explains why something could not be reached. */
export function because(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || (code ?? 'no reason is known');
}
