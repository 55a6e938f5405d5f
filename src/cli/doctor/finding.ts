/** What a check found. Texts never hold a secret, nor an address with its credentials. */
export interface Finding {
  check: string;
  state: 'ok' | 'warn' | 'fail';
  /** A sentence without a full stop. */
  finding: string;
  /** What to change. */
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

/** Why something could not be reached, in the words of the system. */
export function because(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || (code ?? 'no reason is known');
}
