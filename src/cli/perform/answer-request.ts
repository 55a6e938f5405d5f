import type { Api } from '../api/api.js';
import { CommandFailed } from '../command-failed.js';
import type { LocalReply } from './local-app.js';

/**
 * Sends a person's decision to the server.
 * @param path of the accept or reject operation
 * @returns where the browser goes next
 */
export async function answerRequest(
  api: Api,
  path: string,
  query: Record<string, string>,
  json: object,
): Promise<LocalReply> {
  const { body } = await api.call('PUT', path, { query, json });
  const { redirect_to: location } = (body ?? {}) as { redirect_to?: unknown };
  if (typeof location === 'string') return { location };
  throw new CommandFailed('The answer does not say where to go on: is this the address of the admin API?');
}
