import { Injectable } from '@nestjs/common';
import { sha256 } from '../crypto/digest.js';
import { UseMarks } from '../database/use-marks.js';
import { ImportLedger } from '../imported/import-ledger.js';

/** An assertion whose claims have been checked. */
interface Assertion {
  /** A client, or a trusted issuer. */
  issuer: string;
  jti: string;
  expiresAt: Date;
}

/** Assertions share one purpose of use marks, whether they are a grant or client authentication (RFC 7523). */
const PURPOSE = 'assertion';

/** Each assertion counts once. Those that were used at Hydra, whose marks are of the `jti` alone, count no more. */
@Injectable()
export class UsedAssertions {
  constructor(
    private readonly marks: UseMarks,
    private readonly imports: ImportLedger,
  ) {}

  /** True for the first use of the assertion. */
  claim({ issuer, jti, expiresAt }: Assertion, now: Date): Promise<boolean> {
    const otherMarks = this.imports.mayLive('use_mark') ? [sha256(jti)] : [];
    return this.marks.claim({ purpose: PURPOSE, value: `${issuer}\u0000${jti}`, expiresAt, otherMarks }, now);
  }
}
