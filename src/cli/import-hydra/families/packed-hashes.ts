/** Hashes side by side: a family may have a hundred thousand used tokens, and nothing else of them is needed. */
const HASH_BYTES = 48;
const FIRST = 4;
const NONE: Buffer = Buffer.alloc(0);

export class PackedHashes implements Iterable<Buffer> {
  private bytes = NONE;
  count = 0;

  add(hash: Buffer): void {
    const end = this.count * HASH_BYTES;
    if (end === this.bytes.length) {
      const larger = Buffer.alloc(Math.max(2 * end, FIRST * HASH_BYTES));
      this.bytes.copy(larger);
      this.bytes = larger;
    }
    hash.copy(this.bytes, end);
    this.count++;
  }

  *[Symbol.iterator](): Generator<Buffer> {
    for (let i = 0; i < this.count; i++) yield this.bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  }
}
