import type { Sweep } from '../database/maintenance/walking-sweep.js';

/** The keys stay. Expired trusts are listed until an administrator runs the janitor: no background task deletes them. */
export const TRUSTED_ISSUERS: Sweep = { table: 'trusted_issuer', ended: 'it.expires_at < $3', since: 'it.created_at' };
