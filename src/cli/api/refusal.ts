import { CommandFailed } from '../command-failed.js';
import type { HttpAnswer } from './http-exchange.js';

interface ErrorBody {
  error?: string | { message?: unknown; reason?: unknown };
  error_description?: unknown;
}

/** Describes the response of a server that refused a request. The query is left out: it may hold secrets. */
export function refusal(method: string, url: URL, answer: HttpAnswer): CommandFailed {
  const { status, headers } = answer;
  const asked = `${method} ${url.protocol}//${url.host}${url.pathname} answered ${status}`;
  if (status >= 300 && status < 400 && headers.location) {
    return new CommandFailed(`${asked} and points to ${headers.location}: use the address of the server itself.`);
  }
  const said = errorText(answer.text);
  if (said !== undefined) return new CommandFailed(`${asked}:\n${said}`);
  const form = headers['content-type'] ?? 'no content type';
  return new CommandFailed(`${asked} with ${form} instead of JSON: is this the address of the server's API?`);
}

/** Reads both forms of errors: nested for unknown routes, flat for everything else. Undefined where it is neither. */
function errorText(text: string): string | undefined {
  const { error, error_description: description } = errorBody(text);
  const parts = typeof error === 'object' ? [error.message, error.reason] : [error, description];
  const lines = parts.filter((part): part is string => typeof part === 'string' && part !== '');
  return lines.length > 0 ? lines.join('\n') : undefined;
}

export function errorBody(text: string): ErrorBody {
  try {
    const body = JSON.parse(text) as ErrorBody | null;
    return typeof body === 'object' && body?.error ? body : {};
  } catch {
    return {};
  }
}
