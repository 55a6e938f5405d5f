import { OAuthError } from '../../protocol/oauth-error.js';
import type { FlowError } from './flow.js';

export function toFlowError(error: OAuthError): FlowError {
  const { code, status, description, hint } = error;
  return { code, status, description, hint };
}

export function fromFlowError({ code, status, description, hint, debug }: FlowError): OAuthError {
  return new OAuthError(code, { status, description, hint, cause: debug });
}
