import { describe, expect, it } from 'vitest';
import {
  conversionOf,
  HYDRA_SECRET,
  IMPORTED_AT,
  microseconds,
  sealedByHydra,
  takingOf,
  written,
} from '../../../../test/support/hydra-conversion.js';
import { open } from '../../../crypto/aead.js';
import { placeOf } from '../../../database/sealed-column.js';
import { SEALED_KEYS } from '../../../keys/key-records.js';
import { parseJson } from '../../../protocol/json.js';
import { REASONS } from '../table-import.js';
import { JSON_WEB_KEYS, LONG_NAME, NO_KEY } from './json-web-key.js';

const JWK = { use: 'sig', kty: 'EC', kid: 'k1', crv: 'P-256', alg: 'ES256', x: 'x', y: 'y', d: 'd' };
const sealed = (value: unknown) => sealedByHydra(HYDRA_SECRET, JSON.stringify(value));
const ROW = { sid: 'a set', kid: 'k1', keydata: sealed(JWK), created_at: '2026-11-24 23:04:57.797992' };

const convert = conversionOf(JSON_WEB_KEYS, ROW);

describe('a key', () => {
  it('is sealed anew for its place, with its private members', () => {
    const [key] = written(convert());
    expect(key).toMatchObject({
      ...{ set_id: 'a set', kid: 'k1', alg: 'ES256', state: 'active' },
      not_before: microseconds('2026-11-24T23:04:57.797Z') + 992n,
      created_at: microseconds('2026-11-24T23:04:57.797Z') + 992n,
    });
    const opened = open([HYDRA_SECRET], placeOf(SEALED_KEYS, 'a set', 'k1'), key!.sealed_jwk as Buffer);
    expect(parseJson(String(opened))).toEqual(JWK);
  });

  it('without an algorithm has none', () => {
    expect(written(convert({ keydata: sealed({ kty: 'EC' }) }))[0]).toMatchObject({ alg: '', kid: 'k1' });
  });

  it.each([[5], ['ES\u0000256'], [null]])('whose algorithm cannot be stored (%j) has none', (alg) => {
    expect(written(convert({ keydata: sealed({ ...JWK, alg }) }))[0]).toMatchObject({ alg: '' });
  });

  it('that is nested too deeply is left out', () => {
    const keydata = sealedByHydra(HYDRA_SECRET, `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    expect(convert({ keydata })).toMatchObject({ leftOut: NO_KEY });
  });

  it('is not younger than the import, whatever the zone of the machine was that made it', () => {
    expect(written(convert({ created_at: '2030-06-01 17:30:00' }))[0]).toMatchObject({
      ...{ created_at: BigInt(IMPORTED_AT.getTime()) * 1000n, not_before: BigInt(IMPORTED_AT.getTime()) * 1000n },
    });
  });

  it.each(['public:k1', 'private:k1', 'https://issuer.example/'])('may have the name %j', (kid) => {
    expect(written(convert({ kid, sid: kid }))[0]).toMatchObject({ kid, set_id: kid });
  });

  it('of the server of TLS is left out', () => {
    expect(convert({ sid: 'hydra.https-tls' })).toEqual({ leftOut: REASONS.tlsKey });
  });

  it('that no secret opens is left out, and named', () => {
    const outcome = conversionOf(JSON_WEB_KEYS, ROW, takingOf())({ keydata: sealedByHydra('another', '{}') });
    expect(outcome).toMatchObject({ leftOut: REASONS.unreadable });
    expect(outcome.warnings?.[0]).toMatch(/"k1".*"a set"/);
  });

  it.each([
    [{ keydata: sealed([JWK]) }, NO_KEY],
    [{ keydata: sealed('text') }, NO_KEY],
    [{ keydata: null }, REASONS.unreadable],
    [{ sid: 'é'.repeat(256) }, LONG_NAME],
    [{ kid: '𝄞'.repeat(255) }, LONG_NAME],
  ])('is left out (%#)', (over, leftOut) => {
    expect(convert(over)).toMatchObject({ leftOut });
  });
});
