/** The response modes and their writers. Discovery reads RESPONSE_MODES. */
import type { ResponseMode } from '../../../protocol/authorization-request.js';
import { formPost } from './form-post.js';
import { fragment } from './fragment.js';
import { query } from './query.js';
import type { ResponseModeWriter } from './response-mode.js';

const WRITERS: readonly ResponseModeWriter[] = [query, fragment, formPost];

export const RESPONSE_MODES: readonly ResponseMode[] = WRITERS.map((writer) => writer.name);

export function isResponseMode(text: string): text is ResponseMode {
  return (RESPONSE_MODES as readonly string[]).includes(text);
}

export function writerOf(mode: ResponseMode): ResponseModeWriter {
  return WRITERS.find((writer) => writer.name === mode) ?? query;
}
