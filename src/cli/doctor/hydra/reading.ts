import type { Configuration } from '../../../config/configuration.js';
import type { Envelopes } from '../../import-hydra/formats/envelope.js';
import { type HydraSession, readSession } from '../../import-hydra/formats/session-data.js';
import type { OpenSource } from '../../import-hydra/source/open-source.js';

/** What every check of Hydra's database gets. */
export interface Reading {
  source: OpenSource;
  envelopes: Envelopes;
  configuration: Configuration;
}

/** A session that a row of a token has; undefined where no secret opens it, which is reported by its own check. */
export function sessionIn({ envelopes }: Pick<Reading, 'envelopes'>, sealed: string): HydraSession | undefined {
  const text = envelopes.open(sealed)?.text;
  return text === undefined ? undefined : readSession(text);
}

/** Checks that read sessions read this many at most: opening all of them is the work of one check alone. */
export const SAMPLE_ROWS = 1_000;
