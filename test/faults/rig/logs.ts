/** Reads the servers' logs: no unhandled error, no error without a fault that explains it, and no secret. */
import { appendFileSync } from 'node:fs';
import type { Ledger } from './ledger.js';
import type { Violations } from './violations.js';
import type { Windows } from './windows.js';

/** What a secret may look like: a long base64url word. */
const WORD = /[\w-]{20,}/g;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UNHANDLED = /unhandled|uncaught|MaxListenersExceeded|DeprecationWarning/i;

export class Logs {
  /** Each long word with the first line that contained it. */
  private readonly words = new Map<string, string>();
  private lines = 0;

  constructor(
    private readonly windows: Windows,
    private readonly violations: Violations,
    /** A file for all lines, for the people who investigate a violation. */
    private readonly file?: string,
  ) {}

  /** A line of a server, as {@link ServerProcess} reads it. */
  readonly read = (server: string, line: string): void => {
    this.lines += 1;
    if (this.file !== undefined) appendFileSync(this.file, `${server} ${line}\n`);
    if (UNHANDLED.test(line)) this.violations.add('no error is unhandled', `${server}: ${line.slice(0, 600)}`);
    const level = levelOf(line);
    const isError = level === undefined || level === 'error' || level === 'fatal';
    if (isError && this.windows.explaining(Date.now()) === undefined) {
      this.violations.add('an error in a log has a fault that explains it', `${server}: ${line.slice(0, 600)}`);
    }
    if (isError && /TypeError|ReferenceError|RangeError|AlreadyReleased/.test(line)) {
      this.violations.add('no log holds an error of the program itself', `${server}: ${line.slice(0, 900)}`);
    }
    for (const [word] of line.matchAll(WORD)) {
      if (!UUID.test(word) && !this.words.has(word)) this.words.set(word, `${server}: ${line}`);
    }
  };

  get count(): number {
    return this.lines;
  }

  /** Compares all lines with all secrets of the clients. */
  audit(ledger: Ledger): void {
    for (const secret of ledger.secrets) {
      const line = this.words.get(secret);
      if (line !== undefined) {
        this.violations.add('no secret is in a log', line.replaceAll(secret, `${secret.slice(0, 6)}…`).slice(0, 600));
      }
    }
  }
}

/** Undefined where the line is not JSON: the logger did not write it. */
function levelOf(line: string): string | undefined {
  try {
    const { level, type } = JSON.parse(line) as { level?: string; type?: string };
    return level ?? type; // an audit line has a type
  } catch {
    return undefined;
  }
}
