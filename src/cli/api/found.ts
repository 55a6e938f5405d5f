import type { Api } from './api.js';
import { replyOf } from './api.js';

/** What is at the path, or undefined where the server answers 404. @throws CommandFailed for every other refusal */
export async function found<Thing>(api: Api, path: string): Promise<Thing | undefined> {
  const url = api.url(path);
  const answer = await api.send('GET', url, {});
  return answer.status === 404 ? undefined : (replyOf('GET', url, answer).body as Thing);
}
