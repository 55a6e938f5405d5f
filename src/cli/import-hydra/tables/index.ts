/** The tables of Hydra that are taken row by row, in the order of the foreign keys here. */
import type { LargeTableImport, TableImport, Value } from '../table-import.js';
import { CLIENTS } from './client.js';
import { CONSENTS } from './consent.js';
import { FORCED_SUBJECTS } from './forced-subject.js';
import { JSON_WEB_KEYS } from './json-web-key.js';
import { LOGIN_SESSIONS } from './login-session.js';
import { TRUSTED_ISSUERS } from './trusted-issuer.js';
import { USED_ASSERTIONS } from './used-assertion.js';

export { TABLES_LEFT_OUT } from './left-out.js';

export const TABLES = [
  CLIENTS,
  JSON_WEB_KEYS,
  TRUSTED_ISSUERS,
  LOGIN_SESSIONS,
  CONSENTS,
  FORCED_SUBJECTS,
  USED_ASSERTIONS,
] as readonly TableImport<Record<string, Value>>[];

export const LARGE_TABLES = [LOGIN_SESSIONS, CONSENTS] as readonly LargeTableImport<Record<string, Value>>[];
