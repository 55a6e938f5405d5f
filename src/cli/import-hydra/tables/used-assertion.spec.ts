import { describe, expect, it } from 'vitest';
import { conversionOf, IMPORTED_AT, written } from '../../../../test/support/hydra-conversion.js';
import { sha256 } from '../../../crypto/digest.js';
import { bucketsToMark } from '../../../database/use-marks.js';
import { REASONS } from '../table-import.js';
import { NO_DIGEST, USED_ASSERTIONS } from './used-assertion.js';

const SIGNATURE = sha256('a jti').toString('hex');
const convert = conversionOf(USED_ASSERTIONS, { signature: SIGNATURE, expires_at: '2030-06-01 13:00:00' });

describe('an assertion that was used', () => {
  it.each(['2030-06-01 13:00:00.5', '2030-07-16 12:30:00', '2031-01-01 00:00:00', '2100-01-01 00:00:00'])(
    'is marked until %s, in the partitions where it is looked for',
    (expires_at) => {
      const expiresAt = new Date(`${expires_at.replace(' ', 'T')}Z`);
      const outcome = convert({ expires_at });
      const buckets = bucketsToMark(expiresAt, IMPORTED_AT);
      expect(written(outcome)).toEqual(buckets.map((bucket) => ({ bucket, digest: sha256('a jti') })));
      expect(outcome).toMatchObject({ liveUntil: expiresAt });
    },
  );

  it.each([
    [{ expires_at: '2030-06-01 12:00:00' }, REASONS.expired],
    [{ expires_at: null }, REASONS.expired],
    [{ signature: SIGNATURE.slice(1) }, NO_DIGEST],
    [{ signature: SIGNATURE.replace(/^./, 'x') }, NO_DIGEST],
  ])('is left out (%#)', (over, leftOut) => {
    expect(convert(over)).toEqual({ leftOut });
  });
});
