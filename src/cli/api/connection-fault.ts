import { CommandFailed } from '../command-failed.js';

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** Explains why no response came, and what the user can do about it. */
export function connectionFault(url: URL, error: unknown): CommandFailed {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new CommandFailed(`${url.protocol}//${url.host} ${reason(code, message)}`, error);
}

function reason(code: string, message: string): string {
  if (code === 'ECONNREFUSED') return 'refused the connection: is the server running, and is this its address?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'cannot be reached: the name of the host is not known.';
  if (UNTRUSTED.test(code)) {
    return `has a certificate that is not trusted (${code}): name its authority in NODE_EXTRA_CA_CERTS, or pass --skip-tls-verify.`;
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return 'does not speak TLS: is it http rather than https?';
  if (code === 'ECONNRESET') return 'closed the connection without an answer: is it https rather than http?';
  return `cannot be reached (${code || message}).`;
}
