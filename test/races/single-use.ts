import type { Answer } from '../support/send.js';
import type { TestServer } from '../support/server.js';
import type { Request } from './shots.js';
import type { World } from './world.js';

/** A fresh value. */
export interface Fresh {
  /** The request that uses it, at one of the processes. */
  use: (server: TestServer, i: number) => Request;
  /** Expects that the winners' results work, at every process. */
  holds: (won: Answer[]) => Promise<void>;
  /** Uses it once more: expects that a use after the response has ended the right things. */
  ends?: (won: Answer[]) => Promise<void>;
}

/** A single-use value. */
export interface SingleUse {
  name: string;
  /** The source of the rule. */
  rule: string;
  /** @param count how often it will be used */
  mint: (world: World, count: number) => Promise<Fresh>;
  isWon: (answer: Answer) => boolean;
  /** How often it is used at once, if not as often as the others. */
  many?: number;
  /** How many of the uses may win. Default: one. `all`: all get the same response, and together they count once. */
  winners?: 'all' | number;
  /** The OAuth error of a loser. */
  lost?: string;
}
