/**
 * Flows in Redis (6 or later): one string a record, with its head inside, so that storing and reading are plain commands
 * and every step is one script on one key (Cluster needs no hash tag).
 *
 * Head: version (4 bytes, big endian) | mark of the last transition (12) | mark of the claim (12, zeros: unclaimed).
 * The marks are random, one for each call: a script that is sent again because the connection broke finds its own mark
 * and answers as it did, instead of taking the caller for a second one.
 */
import type { OnApplicationShutdown } from '@nestjs/common';
import { randomOctets } from '../crypto/random.js';
import type { FlowStore, StoredCount, StoredFlow, StoredRecord } from './flow-store.js';
import { RedisLink } from './redis-link.js';
import type { RedisConfiguration } from './redis-configured.js';
import { createRedisClient } from './redis-options.js';

const VERSION_BYTES = 4;
const MARK_BYTES = 12;
const HEAD_BYTES = VERSION_BYTES + 2 * MARK_BYTES;

// KEYS: the record. ARGV: expected version, next version, mark, value.
const TRANSITION = `
local head = redis.call('GETRANGE', KEYS[1], 0, 15)
if head == ARGV[2] .. ARGV[3] then return 1 end
if string.sub(head, 1, 4) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2] .. ARGV[3] .. redis.call('GETRANGE', KEYS[1], 16, 27) .. ARGV[4], 'KEEPTTL')
return 1`;

// KEYS: the record. ARGV: mark.
const CLAIM = `
local holder = redis.call('GETRANGE', KEYS[1], 16, 27)
if holder == ARGV[1] then return 1 end
if holder ~= string.rep('\\0', 12) then return 0 end
redis.call('SETRANGE', KEYS[1], 16, ARGV[1])
return 1`;

// KEYS: the counter, a number of its own form. ARGV: the window in milliseconds.
const COUNT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

// KEYS: the counter.
const COUNTED = `
return { tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1]) }`;

/** The commands in use, the scripts among them. */
interface FlowCommands {
  set(key: string, value: Buffer, px: 'PX', ms: number): Promise<unknown>;
  getBuffer(key: string): Promise<Buffer | null>;
  unlink(key: string): Promise<number>;
  ping(): Promise<string>;
  flowTransition(key: string, expected: Buffer, next: Buffer, mark: Buffer, value: Buffer): Promise<number>;
  flowClaim(key: string, mark: Buffer): Promise<number>;
  flowCount(key: string, windowMs: number): Promise<[number, number]>;
  flowCounted(key: string): Promise<[number, number]>;
}

export class RedisFlowStore implements FlowStore, OnApplicationShutdown {
  private readonly link: RedisLink;
  private readonly commands: FlowCommands;
  private readonly prefix: string;

  /** Begins to connect; a Redis that is not there is no error here. */
  constructor(redis: RedisConfiguration) {
    this.prefix = redis.prefix;
    const client = createRedisClient(redis);
    client.defineCommand('flowTransition', { numberOfKeys: 1, lua: TRANSITION });
    client.defineCommand('flowClaim', { numberOfKeys: 1, lua: CLAIM });
    client.defineCommand('flowCount', { numberOfKeys: 1, lua: COUNT });
    client.defineCommand('flowCounted', { numberOfKeys: 1, lua: COUNTED });
    this.link = new RedisLink(client);
    this.commands = client as unknown as FlowCommands;
  }

  async put(key: Buffer, value: Buffer, keepForMs: number): Promise<void> {
    const record = Buffer.concat([versionBytes(1), Buffer.alloc(2 * MARK_BYTES), value]);
    const ms = Math.max(Math.ceil(keepForMs), 1);
    await this.link.run(() => this.commands.set(this.name(key), record, 'PX', ms));
  }

  async get(key: Buffer): Promise<StoredFlow | undefined> {
    const record = await this.link.run(() => this.commands.getBuffer(this.name(key)));
    if (!record) return undefined;
    return { version: record.readUInt32BE(0), value: record.subarray(HEAD_BYTES) };
  }

  /** Both commands leave together; on a Cluster their keys may lie on different nodes. */
  async transition(key: Buffer, expectedVersion: number, next: Buffer, beside?: StoredRecord): Promise<boolean> {
    const kept = beside && this.put(beside.key, beside.value, beside.keepForMs);
    const [done] = await Promise.all([this.moveOn(key, expectedVersion, next), kept]);
    return done;
  }

  async claim(key: Buffer): Promise<boolean> {
    const mark = randomOctets(MARK_BYTES);
    return (await this.link.run(() => this.commands.flowClaim(this.name(key), mark))) === 1;
  }

  async remove(key: Buffer): Promise<void> {
    await this.link.run(() => this.commands.unlink(this.name(key)));
  }

  /** A count that is sent again because the connection broke may count twice. */
  async count(key: Buffer, windowMs: number): Promise<StoredCount> {
    const ms = Math.max(Math.ceil(windowMs), 1);
    const [count, remainingMs] = await this.link.run(() => this.commands.flowCount(this.name(key), ms));
    return { count, remainingMs };
  }

  async counted(key: Buffer): Promise<StoredCount | undefined> {
    const [count, remainingMs] = await this.link.run(() => this.commands.flowCounted(this.name(key)));
    return count > 0 ? { count, remainingMs } : undefined;
  }

  async ping(): Promise<void> {
    await this.link.run(() => this.commands.ping());
  }

  onApplicationShutdown(): void {
    this.link.close();
  }

  private async moveOn(key: Buffer, expectedVersion: number, next: Buffer): Promise<boolean> {
    const [expected, following] = [versionBytes(expectedVersion), versionBytes(expectedVersion + 1)];
    const mark = randomOctets(MARK_BYTES);
    const done = await this.link.run(() =>
      this.commands.flowTransition(this.name(key), expected, following, mark, next),
    );
    return done === 1;
  }

  private name(key: Buffer): string {
    return this.prefix + key.toString('base64url');
  }
}

function versionBytes(version: number): Buffer {
  const bytes = Buffer.alloc(VERSION_BYTES);
  bytes.writeUInt32BE(version);
  return bytes;
}
