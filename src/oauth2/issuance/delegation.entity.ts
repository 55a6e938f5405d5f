import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ClientEntity } from '../../clients/client.entity.js';
import { AuthorizationGrantEntity } from './authorization-grant.entity.js';

/**
 * What a client got by token exchange for longer than one access token (RFC 8693): a part of a grant. Refresh chains hang on
 * it. It is deleted with its grant or its client.
 */
@Entity('delegation')
export class DelegationEntity {
  /** The id of the access token that was issued with it. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'grant_id', type: 'uuid' })
  grantId: string;

  @ManyToOne(() => AuthorizationGrantEntity)
  @JoinColumn({ name: 'grant_id' })
  grant?: AuthorizationGrantEntity;

  /** The client that exchanged the token. */
  @Column({ name: 'client_key', type: 'bigint' })
  clientKey: string;

  @ManyToOne(() => ClientEntity)
  @JoinColumn({ name: 'client_key' })
  client?: ClientEntity;

  @Column({ type: 'text', array: true })
  scope: string[];

  @Column({ type: 'text', array: true })
  audience: string[];

  /** The encrypted claims of its tokens. */
  @Column({ type: 'bytea' })
  session: Buffer;

  /** As in AccessTokenEntity. */
  @Column({ type: 'uuid', array: true })
  lineage: string[];

  @Column({ name: 'source_clients', type: 'bigint', array: true })
  sourceClients: string[];

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
