import { describe, expect, it } from 'vitest';
import { conversionOf, takingOf } from '../../../../test/support/hydra-conversion.js';
import { REASONS } from '../table-import.js';
import { FORCED_SUBJECTS, SHARED } from './forced-subject.js';

const ROW = { subject: 'fay', client_id: 'shop', subject_obfuscated: 'forced-1', first_subject: 'fay' };
const convert = conversionOf(FORCED_SUBJECTS, ROW, takingOf(['shop']));

describe('a forced subject identifier', () => {
  it('is taken for its client', () => {
    const values = { client_key: 'shop', subject: 'fay', identifier: 'forced-1' };
    expect(convert()).toEqual({ rows: [{ table: 'forced_subject', values }] });
  });

  it('that two subjects share belongs to the first one', () => {
    expect(convert({ first_subject: 'anna' })).toEqual({ leftOut: SHARED });
  });

  it('of a client that is not here is left out', () => {
    expect(convert({ client_id: 'gone' })).toEqual({ leftOut: REASONS.withoutClient });
  });
});
