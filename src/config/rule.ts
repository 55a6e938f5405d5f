import type { Path } from './schema-node.js';
import type { Settings } from './settings.js';

export interface RuleFault {
  path: Path;
  /** What the value should be, and because of which other key. */
  problem: string;
}

/** A rule between keys. It gets validated values; a faulty key is absent from them. */
export type Rule = (settings: Settings) => RuleFault[];
