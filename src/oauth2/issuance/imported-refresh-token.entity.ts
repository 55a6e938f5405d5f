import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A refresh token of Hydra, used or not. Only the statement of ImportedTokens reads it; `import hydra` writes it. */
@Entity('imported_refresh_token')
export class ImportedRefreshTokenEntity {
  /** The first 16 bytes of the SHA-384 of its MAC. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** The other 32 bytes. The chain has them too where the token is its current one. */
  @Column({ type: 'bytea' })
  digest: Buffer;

  /** No foreign key: the clean-up deletes the row after its chain. */
  @Column({ name: 'chain_id', type: 'uuid' })
  chainId: string;

  /** The generation that the token has in its chain. */
  @Column({ type: 'integer' })
  generation: number;
}
