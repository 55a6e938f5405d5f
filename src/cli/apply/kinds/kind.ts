import type { Api } from '../../api/api.js';
import type { Change } from '../change.js';
import type { Declaration } from '../declaration.js';

export interface ApplyOptions {
  /** Whether declared secrets are sent for clients that exist: no server tells a secret, so none can be compared. */
  secrets?: boolean;
  owner?: string;
}

/** Compares a declaration with the server. Nothing is written until the change is carried out. */
export type Plan = (declaration: Declaration, api: Api, options: ApplyOptions) => Promise<Change>;
