/** The second database of Hydra while it is made, and what is held of it. */
import type { DumpRow } from '../dump-text.js';
import { hydraSealed, hydraToken, SeededBytes, sha256Hex } from '../hydra-crypto.js';
import { makeHydraCookie } from '../hydra-cookie.js';
import type { HydraConfiguration } from '../hydra-database.js';

const DAY_MS = 86_400_000;

export type Vectors = Record<string, unknown> & {
  clients: { client_id: string; secrets?: string[]; registration_access_token?: string }[];
  sessions: { cookies: Record<string, string>; sid: string }[];
};

export interface Held {
  vectors: Record<string, Vectors>;
  tokens: string[];
}

export const SECRETS = ['the second generation of system secrets', 'the first generation of system secrets'] as const;
export const COOKIE_SECRETS = ['the second cookie secret, in use', 'the first cookie secret, in use before'] as const;
export const COOKIE = 'acme_session';

/** The database while it is made. */
export class SecondHydra {
  readonly random = new SeededBytes('the second database of Hydra');
  readonly now = new Date();
  private sealedRows = 0;

  constructor(
    readonly tables: Record<string, DumpRow[]>,
    readonly first: HydraConfiguration,
    readonly configuration: HydraConfiguration,
    /** Old text → new text, for all that is known in the clear. */
    readonly renewed: Map<string, string>,
  ) {}

  rows(table: string): DumpRow[] {
    return (this.tables[table] ??= []);
  }

  token(prefix: string, secret: string = this.configuration.secrets.system[0]!): string {
    return hydraToken(prefix, this.random.next(32), secret);
  }

  /** Sealed under either secret, or plain: whatever comes next. */
  sealed(text: string, allowsPlain = true): string {
    const turn = this.sealedRows++ % (allowsPlain ? 3 : 2);
    return turn === 2 ? text : hydraSealed(text, SECRETS[turn]!, this.random.next(12));
  }

  /** The cookie of a browser that is logged in, under either cookie secret. */
  cookies(sid: string, generation: number): Record<string, string> {
    const name = `${COOKIE}_dev`;
    const issuedAt = new Date(this.now.getTime() - DAY_MS);
    const secret = COOKIE_SECRETS[generation % 2]!;
    return { [name]: makeHydraCookie({ secret, ofCookies: true, name, values: { sid }, issuedAt }) };
  }
}

/** OpenID Connect Core §8.1, as Hydra computes it. */
export const pairwise = (sector: string, subject: string, salt: string): string =>
  sha256Hex(`${sector}${subject}${salt}`);
