/** Rows in the binary format of COPY (PostgreSQL manual, COPY, "Binary Format"): bytes stay bytes, and nothing is parsed. */
import { type ColumnType, type NewRow, TARGET_TABLES, type TargetTable } from './target-tables.js';

type Encode = (value: never) => Buffer;

const SIGNATURE = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.of(0xff, 0xff);
const NULL_LENGTH = -1;
/** PostgreSQL counts from 2000-01-01. */
const EPOCH_US = 946_684_800_000_000n;
const INFINITY = 0x7fff_ffff_ffff_ffffn;
const TEXT_OID = 25;
const FIRST_SIZE = 64 * 1024;

const ENCODE: Record<ColumnType, Encode> = {
  bigint: (value: string | number | bigint) => int64(BigInt(value)),
  integer: (value: number) => int32(value),
  boolean: (value: boolean) => Buffer.of(value ? 1 : 0),
  text: (value: string) => Buffer.from(value, 'utf8'),
  'text[]': (value: readonly string[]) => textArray(value),
  bytea: (value: Buffer) => value,
  uuid: (value: string) => Buffer.from(value.replaceAll('-', ''), 'hex'),
  timestamptz: (value: Date | bigint | 'infinity') => int64(value === 'infinity' ? INFINITY : micros(value) - EPOCH_US),
};

interface ColumnEncoding {
  name: string;
  encode: Encode;
}

/** The input of one COPY, row by row. */
export class CopyInput {
  private readonly columns: readonly ColumnEncoding[];
  private readonly output = new Output();

  constructor(private readonly table: TargetTable) {
    this.columns = Object.entries(TARGET_TABLES[table]).map(([name, type]) => ({ name, encode: ENCODE[type] }));
    this.output.bytes(SIGNATURE);
  }

  get statement(): string {
    return `copy ${this.table} (${this.columns.map(({ name }) => name).join(', ')}) from stdin (format binary)`;
  }

  add(values: NewRow['values']): void {
    this.output.int16(this.columns.length);
    for (const { name, encode } of this.columns) this.output.field((values as Record<string, unknown>)[name], encode);
  }

  end(): Buffer {
    this.output.bytes(TRAILER);
    return this.output.all();
  }
}

/** A buffer that grows. */
class Output {
  private buffer = Buffer.allocUnsafe(FIRST_SIZE);
  private end = 0;

  field(value: unknown, encode: Encode): void {
    if (value === null || value === undefined) {
      this.room(4);
      this.end = this.buffer.writeInt32BE(NULL_LENGTH, this.end);
      return;
    }
    const encoded = encode(value as never);
    this.room(4);
    this.end = this.buffer.writeInt32BE(encoded.length, this.end);
    this.bytes(encoded);
  }

  int16(value: number): void {
    this.room(2);
    this.end = this.buffer.writeInt16BE(value, this.end);
  }

  bytes(bytes: Buffer): void {
    this.room(bytes.length);
    this.end += bytes.copy(this.buffer, this.end);
  }

  all(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  private room(length: number): void {
    if (this.end + length <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.end + length));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}

function int32(value: number): Buffer {
  const out = Buffer.allocUnsafe(4);
  out.writeInt32BE(value);
  return out;
}

function int64(value: bigint): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigInt64BE(value);
  return out;
}

const micros = (value: Date | bigint): bigint => (typeof value === 'bigint' ? value : BigInt(value.getTime()) * 1000n);

/** Dimensions, no NULL among the elements, their type; the length and the first index; then each with its length. */
function textArray(values: readonly string[]): Buffer {
  if (values.length === 0) return Buffer.concat([int32(0), int32(0), int32(TEXT_OID)]);
  const head = [1, 0, TEXT_OID, values.length, 1].map(int32);
  const elements = values.flatMap((value) => {
    const text = Buffer.from(value, 'utf8');
    return [int32(text.length), text];
  });
  return Buffer.concat([...head, ...elements]);
}
