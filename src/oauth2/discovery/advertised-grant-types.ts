import { IMPLICIT, JWT_BEARER } from '../../protocol/constants.js';
import { GRANT_TYPES } from '../token/grants/index.js';

/** The reference serves assertions without listing them; implicit answers come from the authorization endpoint. */
const UNLISTED = new Set<string>([JWT_BEARER]);

export const ADVERTISED_GRANT_TYPES = [...GRANT_TYPES, IMPLICIT].filter((grantType) => !UNLISTED.has(grantType));
