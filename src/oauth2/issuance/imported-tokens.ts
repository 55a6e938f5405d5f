/**
 * Tokens of Hydra that an import brought along. They are proven by Hydra's MAC or by their signature, and found by a hash:
 * access tokens, JWTs too, are rows of the far bucket, and refresh tokens are translated to their chain and generation.
 * From there they are tokens like any other. Successors are tokens of this server.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { hydraTokenHash, hydraTokenKey, readHydraToken } from '../../crypto/hydra-token.js';
import type { OpaqueToken } from '../../crypto/opaque-token.js';
import { FAR_BUCKET } from '../../database/buckets.js';
import { type Statement, Statements } from '../../database/statements.js';
import { ImportLedger } from '../../imported/import-ledger.js';

/** The chain and the generation of a refresh token. 1 id, 2 digest. */
const FIND: Statement = {
  name: 'imported_refresh_token_find',
  text: 'select chain_id, generation from imported_refresh_token where id = $1 and digest = $2',
};

interface FoundRow {
  chain_id: string;
  generation: number;
}

/** The place of an access token. */
interface ImportedPlace {
  bucket: number;
  id: string;
  digest: Buffer;
}

@Injectable()
export class ImportedTokens {
  constructor(
    private readonly ledger: ImportLedger,
    private readonly statements: Statements,
    private readonly config: ConfigHolder,
  ) {}

  /** The place of an opaque access token; undefined for every other text. */
  accessToken(token: string): ImportedPlace | undefined {
    if (!this.ledger.mayLive('access_token')) return undefined;
    const hash = readHydraToken('access_token', this.config.current.secrets.system, token);
    return hash && placeOf(hash);
  }

  /** The place of a JWT. @param jwt whose signature is verified */
  jwt(jwt: string): ImportedPlace | undefined {
    if (!this.ledger.mayLive('access_token')) return undefined;
    return placeOf(hydraTokenHash(jwt.slice(jwt.lastIndexOf('.') + 1)));
  }

  /**
   * The refresh token as one of its chain. Only a text that Hydra made causes a query, and where none of its tokens is left
   * there is nothing to wait for.
   */
  refreshToken(token: string): Promise<OpaqueToken | undefined> | undefined {
    if (!this.ledger.mayLive('refresh_token')) return undefined;
    const hash = readHydraToken('refresh_token', this.config.current.secrets.system, token);
    return hash && this.find(hash);
  }

  private async find(hash: Buffer): Promise<OpaqueToken | undefined> {
    const { id, digest } = hydraTokenKey(hash);
    const [row] = await this.statements.run<FoundRow>(FIND, [id, digest]);
    return row && { id: row.chain_id, number: row.generation, digest };
  }
}

function placeOf(hash: Buffer): ImportedPlace {
  return { bucket: FAR_BUCKET, ...hydraTokenKey(hash) };
}
