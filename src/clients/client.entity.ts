import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { ClientMetadata } from './client-metadata.js';

/** A registered client. ClientsService owns the table. */
@Entity('client')
export class ClientEntity {
  /** Internal: a client that is deleted and registered again has another key, so that old tokens stay invalid. */
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

  /** The newest first, at most five. */
  @Column({ name: 'rotated_secret_hashes', type: 'text', array: true })
  rotatedSecretHashes: string[];

  /** SHA-256 of the registration access token (RFC 7592). */
  @Column({ name: 'registration_token_digest', type: 'bytea', nullable: true })
  registrationTokenDigest: Buffer | null;

  /** Repositories do not select it, because JSON.parse loses digits of large integers (client.statements.ts). */
  @Column({ type: 'json', select: false })
  metadata: ClientMetadata;

  /** Incremented by every change. Issuing statements check it, so that a stale cache is noticed. */
  @Column({ type: 'integer' })
  version: number;

  /** Access tokens that earlier releases issued until this time are invalid; all others are judged by version. */
  @Column({ name: 'access_tokens_valid_from', type: 'timestamptz', nullable: true })
  accessTokensValidFrom: Date | null;

  /** Tokens issued for an earlier version than this one are invalid. Only the statements that judge tokens read it. */
  @Column({ name: 'access_tokens_valid_version', type: 'integer', nullable: true, select: false })
  accessTokensValidVersion?: number | null;

  /** The time that belongs to that version. Only the statements that judge tokens read it. */
  @Column({ name: 'access_tokens_cut_at', type: 'timestamptz', nullable: true, select: false })
  accessTokensCutAt?: Date | null;

  /** When the metadata was read from the document at the client id. Absent: the client is registered. */
  @Column({ name: 'document_fetched_at', type: 'timestamptz', nullable: true })
  documentFetchedAt?: Date | null;

  /** Until then the document need not be fetched again. */
  @Column({ name: 'document_fresh_until', type: 'timestamptz', nullable: true })
  documentFreshUntil?: Date | null;

  /** Since when the client of a document has had no grant. Only its sweep reads it. */
  @Column({ name: 'document_idle_since', type: 'timestamptz', nullable: true, select: false })
  documentIdleSince?: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
