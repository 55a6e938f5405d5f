/** Rows in the binary format of COPY (PostgreSQL manual, COPY, "Binary Format"): bytes stay bytes, and nothing is parsed. */
import { type ColumnType, type NewRow, TARGET_TABLES, type TargetTable } from './target-tables.js';

const SIGNATURE = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.of(0xff, 0xff);
const NULL_LENGTH = -1;
const INT32_BYTES = 4;
const INT64_BYTES = 8;
const UUID_BYTES = 16;
const TRUE = Buffer.of(1);
const FALSE = Buffer.of(0);
/** PostgreSQL counts from 2000-01-01. */
const EPOCH_US = 946_684_800_000_000n;
const INFINITY = 0x7fff_ffff_ffff_ffffn;
const TEXT_OID = 25;
const FIRST_SIZE = 64 * 1024;

/** Each writes the length of the value, and the value. */
const ENCODE: Record<ColumnType, (out: Output, value: never) => Output> = {
  bigint: (out, value: string | number | bigint) => out.int64(BigInt(value)),
  integer: (out, value: number) => out.int32(INT32_BYTES).int32(value),
  boolean: (out, value: boolean) => out.bytea(value ? TRUE : FALSE),
  text: (out, value: string) => out.text(value),
  'text[]': (out, value: readonly string[]) => writeTextArray(out, value),
  bytea: (out, value: Buffer) => out.bytea(value),
  uuid: (out, value: string) => out.uuid(value),
  timestamptz: (out, value: Date | bigint | 'infinity') =>
    out.int64(value === 'infinity' ? INFINITY : micros(value) - EPOCH_US),
};

interface ColumnEncoding {
  name: string;
  encode: (out: Output, value: never) => Output;
}

/** The statement that takes a `CopyInput`. */
export function copyStatement(table: TargetTable): string {
  return `copy ${table} (${Object.keys(TARGET_TABLES[table]).join(', ')}) from stdin (format binary)`;
}

/** The input of one COPY, row by row. */
export class CopyInput {
  private readonly columns: readonly ColumnEncoding[];
  private readonly output = new Output();

  constructor(table: TargetTable) {
    this.columns = Object.entries(TARGET_TABLES[table]).map(([name, type]) => ({ name, encode: ENCODE[type] }));
    this.output.bytes(SIGNATURE);
  }

  add(values: NewRow['values']): void {
    this.output.int16(this.columns.length);
    for (const { name, encode } of this.columns) {
      const value = (values as Record<string, unknown>)[name];
      if (value === null || value === undefined) this.output.int32(NULL_LENGTH);
      else encode(this.output, value as never);
    }
  }

  end(): Uint8Array<ArrayBuffer> {
    this.output.bytes(TRAILER);
    return this.output.all();
  }
}

/** A buffer that grows. */
class Output {
  private buffer = Buffer.allocUnsafe(FIRST_SIZE);
  private view = viewOf(this.buffer);
  private end = 0;

  int16(value: number): this {
    this.room(INT32_BYTES);
    this.end = this.buffer.writeInt16BE(value, this.end);
    return this;
  }

  int32(value: number): this {
    this.room(INT32_BYTES);
    this.end = this.buffer.writeInt32BE(value, this.end);
    return this;
  }

  /** With its length. */
  int64(value: bigint): this {
    this.room(INT32_BYTES + INT64_BYTES);
    this.end = this.buffer.writeInt32BE(INT64_BYTES, this.end);
    this.view.setBigInt64(this.end, value);
    this.end += INT64_BYTES;
    return this;
  }

  /** With its length. */
  text(value: string): this {
    const length = Buffer.byteLength(value, 'utf8');
    this.int32(length).room(length);
    this.end += this.buffer.write(value, this.end, 'utf8');
    return this;
  }

  /** With its length. */
  bytea(value: Buffer): this {
    return this.int32(value.length).bytes(value);
  }

  /** With its length. */
  uuid(value: string): this {
    this.int32(UUID_BYTES).room(UUID_BYTES);
    for (let place = 0; place < value.length; place += 2) {
      if (value.charCodeAt(place) === DASH) place++;
      this.buffer[this.end++] = (nibbleAt(value, place) << 4) | nibbleAt(value, place + 1);
    }
    return this;
  }

  bytes(bytes: Buffer): this {
    this.room(bytes.length);
    this.end += bytes.copy(this.buffer, this.end);
    return this;
  }

  all(): Uint8Array<ArrayBuffer> {
    return this.buffer.subarray(0, this.end);
  }

  private room(length: number): void {
    if (this.end + length <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.end + length));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
    this.view = viewOf(larger);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);

const DASH = '-'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
const LOWER_CASE = 0x20;
const BEFORE_A = 'a'.charCodeAt(0) - 10;

/** The value of a hex digit; this bit tells its lower case from its upper case. */
function nibbleAt(text: string, place: number): number {
  const code = text.charCodeAt(place) | LOWER_CASE;
  return code < BEFORE_A ? code - ZERO : code - BEFORE_A;
}

const micros = (value: Date | bigint): bigint => (typeof value === 'bigint' ? value : BigInt(value.getTime()) * 1000n);

/** Dimensions, no NULL among the elements, their type; the length and the first index; then each with its length. */
function writeTextArray(out: Output, values: readonly string[]): Output {
  if (values.length === 0) return [3 * INT32_BYTES, 0, 0, TEXT_OID].reduce((to, value) => to.int32(value), out);
  const size = values.reduce((sum, value) => sum + INT32_BYTES + Buffer.byteLength(value, 'utf8'), 5 * INT32_BYTES);
  out.int32(size).int32(1).int32(0).int32(TEXT_OID).int32(values.length).int32(1);
  for (const value of values) out.text(value);
  return out;
}
