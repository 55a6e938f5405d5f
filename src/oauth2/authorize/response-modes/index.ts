/** The response modes and their writers. Discovery reads `responseModes`. */
import type { Configuration } from '../../../config/configuration.js';
import type { ResponseMode } from '../../../protocol/authorization-request.js';
import { formPost } from './form-post.js';
import { fragment } from './fragment.js';
import { query } from './query.js';
import { jwtModeOf, type ResponseModeWriter } from './response-mode.js';

const PLAIN: readonly ResponseModeWriter[] = [query, fragment, formPost];
const JWT: readonly ResponseModeWriter[] = [jwtModeOf(query), jwtModeOf(fragment), jwtModeOf(formPost)];
const WRITERS: readonly ResponseModeWriter[] = [...PLAIN, ...JWT];

/** A value of `response_mode`. `jwt` means the default mode of the response type, with a JWT (JARM §2.3.4). */
export type AskedResponseMode = ResponseMode | 'jwt';

const PLAIN_MODES = PLAIN.map(({ name }) => name);
const ALL_MODES: readonly AskedResponseMode[] = [...PLAIN_MODES, 'jwt', ...JWT.map(({ name }) => name)];

/** The modes that a request may name. */
export function responseModes({ oauth2 }: Configuration): readonly AskedResponseMode[] {
  return oauth2.jarm.enabled ? ALL_MODES : PLAIN_MODES;
}

export function writerOf(mode: ResponseMode): ResponseModeWriter {
  return WRITERS.find((writer) => writer.name === mode) ?? query;
}
