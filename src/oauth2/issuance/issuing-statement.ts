/**
 * A statement that spends a credential and issues an access token. It has four variants, of which most requests send the
 * shortest: with the mark of a proof, and with the scopes to which a resource limits its tokens.
 */
import type { Statement } from '../../database/statements.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { markValues } from './proof-values.js';
import type { ScopeLimits } from './resource-scopes.js';

/** What a variant has more, as SQL. */
export interface IssuingExtras {
  /** Selects the mark, without which nothing is issued. */
  mark?: string;
  /** The parameter with the limits (see `limitedScopeSql`). */
  limits?: string;
}

export class IssuingStatement {
  private readonly made = new Map<string, Statement>();

  /** @param count the number of the parameters that every variant has; the limits follow, then the mark */
  constructor(
    private readonly name: string,
    private readonly count: number,
    private readonly text: (extras: IssuingExtras) => string,
  ) {}

  /** The variant for the token, and the values of its further parameters. */
  of(draft: AccessTokenDraft, limits: ScopeLimits | undefined): { statement: Statement; values: unknown[] } {
    const mark = markValues(draft);
    const name = `${this.name}${limits ? '_limited' : ''}${mark.length > 0 ? '_marked' : ''}`;
    let statement = this.made.get(name);
    if (!statement) {
      statement = {
        name,
        text: this.text(this.extras({ isLimited: limits !== undefined, isMarked: mark.length > 0 })),
      };
      this.made.set(name, statement);
    }
    return { statement, values: limits ? [limits.json, ...mark] : mark };
  }

  private extras({ isLimited, isMarked }: { isLimited: boolean; isMarked: boolean }): IssuingExtras {
    const next = this.count + 1;
    const [bucket, digest, claimant] = isLimited ? [next + 1, next + 2, next + 3] : [next, next + 1, next + 2];
    return {
      limits: isLimited ? `$${next}` : undefined,
      mark: isMarked ? `values ($${bucket}::integer, $${digest}::bytea, $${claimant}::uuid)` : undefined,
    };
  }
}
