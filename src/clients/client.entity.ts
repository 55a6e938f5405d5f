import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { ClientMetadata } from './client-metadata.js';

/** A registered client. Owner of the table: ClientsService. */
@Entity('client')
export class ClientEntity {
  /** Internal: a client that is deleted and registered again under its id has another key, and revives nothing. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  key: string;

  @Column({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  owner: string;

  @Column({ name: 'secret_hash', type: 'text', nullable: true })
  secretHash: string | null;

  /** Newest first, at most five. */
  @Column({ name: 'rotated_secret_hashes', type: 'text', array: true })
  rotatedSecretHashes: string[];

  /** SHA-256 of the registration access token (RFC 7592). */
  @Column({ name: 'registration_token_digest', type: 'bytea', nullable: true })
  registrationTokenDigest: Buffer | null;

  @Column({ type: 'json' })
  metadata: ClientMetadata;

  /** Rises with every change: issuing statements name it, so that a stale cache is noticed. */
  @Column({ type: 'integer' })
  version: number;

  /** Access tokens issued at or before this moment are dead. */
  @Column({ name: 'access_tokens_valid_from', type: 'timestamptz', nullable: true })
  accessTokensValidFrom: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
