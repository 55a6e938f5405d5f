/**
 * Reads the one shape of Go's gob encoding that is in cookies of Hydra: definitions of types, then one map whose keys and
 * values are strings in interfaces (https://pkg.go.dev/encoding/gob). Lengths and counts are only ever compared with the
 * bytes that are there: nothing is allocated for a number in the input.
 */
import { isUtf8 } from 'node:buffer';

/** The type that Go names in front of each string in an interface, and its number (`int` encodes it as 12). */
const STRING = { name: 'string', id: 6 };
/** Longer numbers would not be exact, and no length has them. */
const MAX_NUMBER_BYTES = 6;

/** The entries; undefined for anything else. */
export function readGobStringMap(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  try {
    const stream = new GobReader(bytes);
    for (;;) {
      const message = stream.message();
      if (message.int() >= 0) return stream.isAtEnd ? stringMap(message) : undefined;
      // The definition of a type. Its number depends on the process that wrote it, and a map has one shape only.
    }
  } catch (error) {
    if (error instanceof MalformedGob) return undefined;
    throw error;
  }
}

class MalformedGob extends Error {}

/** A cursor. Each method throws MalformedGob where the bytes do not suffice. */
class GobReader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  /** A byte below 128 is the number itself, any other the negated count of the big-endian bytes that follow. */
  uint(): number {
    const [first = 0] = this.take(1);
    if (first < 0x80) return first;
    const count = 0x100 - first;
    if (count > MAX_NUMBER_BYTES) throw new MalformedGob();
    return this.take(count).readUIntBE(0, count);
  }

  /** The lowest bit says whether the others are complemented. */
  int(): number {
    const number = this.uint();
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
  }

  text(): string {
    const bytes = this.take(this.uint());
    if (!isUtf8(bytes)) throw new MalformedGob();
    return bytes.toString();
  }

  /** The next bytes, whose number stands in front of them. */
  message(): GobReader {
    return new GobReader(this.take(this.uint()));
  }

  expect(isRight: boolean): void {
    if (!isRight) throw new MalformedGob();
  }

  private take(count: number): Buffer {
    const end = this.position + count;
    if (end > this.bytes.length) throw new MalformedGob();
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }
}

function stringMap(message: GobReader): ReadonlyMap<string, string> {
  message.expect(message.uint() === 0);
  const entries = new Map<string, string>();
  for (let left = message.uint(); left > 0; left--) {
    const key = stringInInterface(message);
    message.expect(!entries.has(key));
    entries.set(key, stringInInterface(message));
  }
  message.expect(message.isAtEnd);
  return entries;
}

/** The name of the type, its number, the length of the value, a zero, and the value. */
function stringInInterface(message: GobReader): string {
  message.expect(message.text() === STRING.name && message.int() === STRING.id);
  const value = message.message();
  value.expect(value.uint() === 0);
  const text = value.text();
  value.expect(value.isAtEnd);
  return text;
}
