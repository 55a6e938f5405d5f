import { Column, Entity, PrimaryColumn } from 'typeorm';

export type KeyState = 'next' | 'active' | 'retired';

/** A key of a set. Its JWK is encrypted with the system secrets. KeyRecords owns the table. */
@Entity('json_web_key')
export class JsonWebKeyEntity {
  @PrimaryColumn({ name: 'set_id', type: 'text' })
  setId: string;

  @PrimaryColumn({ type: 'text' })
  kid: string;

  /** The order of creation: the newest active private key of a set signs. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  seq: string;

  @Column({ type: 'text' })
  alg: string;

  @Column({ type: 'text' })
  state: KeyState;

  /** The key does not sign before this time. */
  @Column({ name: 'not_before', type: 'timestamptz' })
  notBefore: Date;

  @Column({ name: 'sealed_jwk', type: 'bytea' })
  sealedJwk: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
