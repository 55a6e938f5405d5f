import { describe, expect, it } from 'vitest';
import {
  conversionOf,
  HYDRA_SECRET,
  microseconds,
  sealedByHydra,
  written,
} from '../../../../test/support/hydra-conversion.js';
import { REASONS } from '../table-import.js';
import { TRUSTED_ISSUERS, UNCLEAR_SUBJECT, WITHOUT_KEY } from './trusted-issuer.js';

const ISSUER = 'https://partner.example';
const ROW = {
  ...{ id: '1cd9c2de-6abf-4e77-9794-bdace893140f', issuer: ISSUER, subject: 'petra', allow_any_subject: 'false' },
  ...{ scope: 'openid|profile', key_set: ISSUER, key_id: 'k1', created_at: '2026-11-24 23:04:58' },
  ...{ expires_at: '2126-01-01 00:00:00', keydata: sealedByHydra(HYDRA_SECRET, '{"kty":"EC"}') },
};
const convert = conversionOf(TRUSTED_ISSUERS, ROW);

describe('a trusted issuer', () => {
  it('keeps its id', () => {
    expect(written(convert())).toEqual([
      {
        ...{ id: ROW.id, issuer: ISSUER, kid: 'k1', subject: 'petra', allow_any_subject: false },
        scope: ['openid', 'profile'],
        created_at: microseconds('2026-11-24T23:04:58Z'),
        expires_at: microseconds('2126-01-01T00:00:00Z'),
      },
    ]);
  });

  it('may allow any subject, and no scope', () => {
    expect(written(convert({ allow_any_subject: 'true', subject: '', scope: '' }))).toMatchObject([
      { allow_any_subject: true, subject: '', scope: [] },
    ]);
  });

  it.each([
    [{ expires_at: '2030-06-01 12:00:00' }, REASONS.expired],
    [{ expires_at: '0001-01-01 00:00:00' }, REASONS.expired],
    [{ allow_any_subject: 'true' }, UNCLEAR_SUBJECT],
    [{ subject: '' }, UNCLEAR_SUBJECT],
    [{ keydata: sealedByHydra('another', '{}') }, WITHOUT_KEY],
    [{ keydata: null }, WITHOUT_KEY],
    [{ key_set: 'another set' }, WITHOUT_KEY],
  ])('is left out (%#)', (over, leftOut) => {
    expect(convert(over)).toEqual({ leftOut });
  });
});
