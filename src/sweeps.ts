/**
 * The row-by-row clean-up, in its order: chains before grants before consents, so that one pass removes rows that depend on
 * each other. Each module declares when its own rows expire, and the database module knows none of them. Flows are swept by
 * the flow store; use marks of the far bucket stay, because they are few and their end is not recorded.
 */
import { documentSweep } from './clients/metadata-documents/document-sweep.js';
import { LOGOUT_DELIVERIES } from './consent/back-channel/logout-delivery.sweep.js';
import { CIBA_PINGS } from './consent/ciba/ciba-ping.sweep.js';
import { consentSweep } from './consent/consents/consent.sweep.js';
import { LOGIN_SESSIONS } from './consent/sessions/login-session.sweep.js';
import { FAR_BUCKET } from './database/buckets.js';
import type { CleanUp } from './database/maintenance/maintenance-task.js';
import { type Sweep, walking } from './database/maintenance/walking-sweep.js';
import { IMPORT_UNDER_WAY } from './imported/import-ledger.statements.js';
import { SweepCacheChanges } from './invalidation/sweep-cache-changes.js';
import {
  accessTokens,
  CLIENT_HAS_GRANT,
  CONSENT_HAS_GRANT,
  DELEGATIONS,
  ENDED_SOURCES,
  GRANTS,
  IMPORTED_REFRESH_TOKENS,
  REFRESH_CHAINS,
} from './oauth2/issuance/grant.sweeps.js';

/** While an import from Hydra is under way, the grant of a consent may still come. */
export const CONSENTS = consentSweep(`(${CONSENT_HAS_GRANT} or ${IMPORT_UNDER_WAY})`);

export const SWEEPS: readonly Sweep[] = [
  REFRESH_CHAINS,
  IMPORTED_REFRESH_TOKENS,
  DELEGATIONS,
  GRANTS,
  ENDED_SOURCES,
  CONSENTS,
  LOGIN_SESSIONS,
  LOGOUT_DELIVERIES,
  CIBA_PINGS,
  accessTokens(FAR_BUCKET),
];

/** The clean-up tasks of all modules. */
export const CLEAN_UP: readonly CleanUp[] = [
  ...SWEEPS.map(walking),
  documentSweep(CLIENT_HAS_GRANT),
  (dataSource) => new SweepCacheChanges(dataSource),
];
