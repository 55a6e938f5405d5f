/** Lines of COPY in chunks, each in memory of its own, so that it can be handed to another thread. */
import { NEWLINE, TAB } from './copy-rows.js';

export type Chunk = Uint8Array<ArrayBuffer>;

interface ChunkSize {
  /** A chunk ends when it has so many, or is as large as it may be. */
  lines: number;
  /** Whether lines that begin with the same value stay together, however many they are. */
  together: boolean;
}

/** Where lines need not stay together: one may be of megabytes, and memory is bounded by what they hold. */
const MOST_BYTES = 4 * 1024 * 1024;

/** @param portions whole lines with their ends */
export async function* lineChunks(portions: AsyncIterable<Buffer>, size: ChunkSize): AsyncGenerator<Chunk> {
  const cutter = new Cutter(size);
  for await (const portion of portions) yield* cutter.chunksOf(portion);
  const rest = cutter.take();
  if (rest.length > 0) yield rest;
}

class Cutter {
  private parts: Buffer[] = [];
  private bytes = 0;
  private lines = 0;
  /** The value with which the last line begins. */
  private last: Buffer = Buffer.alloc(0);

  constructor(private readonly size: ChunkSize) {}

  *chunksOf(portion: Buffer): Generator<Chunk> {
    let start = 0;
    for (let line = 0; line < portion.length; line = portion.indexOf(NEWLINE, line) + 1) {
      const isLarge = !this.size.together && this.bytes + line - start >= MOST_BYTES;
      if (++this.lines < this.size.lines && !isLarge) continue;
      const first = portion.subarray(line, portion.indexOf(TAB, line));
      if ((isLarge || this.lines > this.size.lines) && !(this.size.together && first.equals(this.last))) {
        this.add(portion.subarray(start, line));
        yield this.take();
        start = line;
        this.lines = 1;
      }
      this.last = first;
    }
    this.add(portion.subarray(start));
  }

  private add(part: Buffer): void {
    this.parts.push(part);
    this.bytes += part.length;
  }

  take(): Chunk {
    const chunk = new Uint8Array(this.bytes);
    let end = 0;
    for (const part of this.parts) {
      chunk.set(part, end);
      end += part.length;
    }
    this.parts = [];
    this.bytes = 0;
    return chunk;
  }
}
