/**
 * Flows in Redis (6 or later): one string for each record, which begins with a header. So storing and reading are plain
 * commands, and every step is one script on one key (Cluster needs no hash tag).
 *
 * Header: version (4 bytes, big endian) | mark of the last transition (12) | pace of polls (12): time of the last one in time
 * (8, milliseconds since 1970) and the milliseconds between two (4); zeros where nothing was polled, as earlier releases write.
 * Each call has its own random mark: a script that is sent again after a broken connection finds the mark of its first
 * try and returns success again, instead of reporting a conflict with itself.
 */
import type { OnApplicationShutdown } from '@nestjs/common';
import { randomOctets } from '../crypto/random.js';
import { insisting } from '../database/decided.js';
import {
  FlowAnswerLost,
  type FlowStore,
  FlowStoreUnavailable,
  type Pace,
  type StoredCount,
  type StoredFlow,
  type StoredRecord,
} from './flow-store.js';
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

// KEYS: the record. ARGV, in milliseconds: between two polls at first, added by a poll too early, tolerance.
const POLL = `
local record = redis.call('GET', KEYS[1])
if not record then return false end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local polled, every = struct.unpack('>I8I4', record, 17)
if every == 0 then every = tonumber(ARGV[1]) end
local since = now - polled
local in_time = polled == 0 or since < 0 or since >= every - math.min(tonumber(ARGV[3]), every / 4)
if in_time then polled = now else every = math.min(every + tonumber(ARGV[2]), 3600000) end
redis.call('SETRANGE', KEYS[1], 16, struct.pack('>I8I4', polled, every))
return { record, in_time and 1 or 0 }`;

// KEYS: the counter, a plain number without a header. ARGV: the window in milliseconds.
const COUNT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

// KEYS: the counter.
const COUNTED = `
return { tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1]) }`;

// KEYS: a key of the node whose clock is read.
const TIME = `
local now = redis.call('TIME')
return now[1] * 1000 + math.floor(now[2] / 1000)`;

/** The commands in use, including the scripts. */
interface FlowCommands {
  set(key: string, value: Buffer, px: 'PX', ms: number): Promise<unknown>;
  getBuffer(key: string): Promise<Buffer | null>;
  unlink(key: string): Promise<number>;
  ping(): Promise<string>;
  flowTransition(key: string, expected: Buffer, next: Buffer, mark: Buffer, value: Buffer): Promise<number>;
  flowPollBuffer(key: string, ...pace: [number, number, number]): Promise<[Buffer, number] | null>;
  flowCount(key: string, windowMs: number): Promise<[number, number]>;
  flowCounted(key: string): Promise<[number, number]>;
  flowTime(key: string): Promise<number>;
}

export class RedisFlowStore implements FlowStore, OnApplicationShutdown {
  private readonly link: RedisLink;
  private readonly commands: FlowCommands;
  private readonly prefix: string;

  /** Begins to connect; an unreachable Redis is no error here. */
  constructor(redis: RedisConfiguration) {
    this.prefix = redis.prefix;
    const client = createRedisClient(redis);
    client.defineCommand('flowTransition', { numberOfKeys: 1, lua: TRANSITION });
    client.defineCommand('flowPoll', { numberOfKeys: 1, lua: POLL });
    client.defineCommand('flowCount', { numberOfKeys: 1, lua: COUNT });
    client.defineCommand('flowCounted', { numberOfKeys: 1, lua: COUNTED });
    client.defineCommand('flowTime', { numberOfKeys: 1, lua: TIME });
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
    return record ? storedFlow(record) : undefined;
  }

  /** A poll that is sent again because the connection broke may count as too early. */
  async poll(
    key: Buffer,
    { everyMs, slowerByMs, toleranceMs }: Pace,
  ): Promise<(StoredFlow & { inTime: boolean }) | undefined> {
    const pace: [number, number, number] = [everyMs, slowerByMs, toleranceMs];
    const polled = await this.link.run(() => this.commands.flowPollBuffer(this.name(key), ...pace));
    return polled ? { ...storedFlow(polled[0]), inTime: polled[1] === 1 } : undefined;
  }

  /** Both commands are sent together; on a Cluster their keys may be on different nodes. */
  async transition(key: Buffer, expectedVersion: number, next: Buffer, alsoPut?: StoredRecord): Promise<boolean> {
    const kept = alsoPut && this.put(alsoPut.key, alsoPut.value, alsoPut.keepForMs);
    const [done] = await Promise.all([this.moveOn(key, expectedVersion, next), kept]);
    return done;
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

  time(key: Buffer): Promise<number> {
    return this.link.run(() => this.commands.flowTime(this.name(key)));
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
    const step = (): Promise<number> => this.commands.flowTransition(this.name(key), expected, following, mark, next);
    return (await this.insisting(() => this.link.run(step))) === 1;
  }

  /** Sends a script again when its reply was lost, also while Redis comes back: the script recognises its own mark. */
  private async insisting<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof FlowAnswerLost)) throw error;
      return insisting(send, error, (again) => again instanceof FlowStoreUnavailable);
    }
  }

  private name(key: Buffer): string {
    return this.prefix + key.toString('base64url');
  }
}

function storedFlow(record: Buffer): StoredFlow {
  return { version: record.readUInt32BE(0), value: record.subarray(HEAD_BYTES) };
}

function versionBytes(version: number): Buffer {
  const bytes = Buffer.alloc(VERSION_BYTES);
  bytes.writeUInt32BE(version);
  return bytes;
}
