import { describe, expect, it } from 'vitest';
import { NO_CLIENT_PROOF } from '../../clients/no-client.js';
import { invalidDpopProof, invalidRequest } from '../../protocol/oauth-error.js';
import { Confirmation } from './confirmation.js';
import type { ProofMethod, ProofRequest } from './proof-method.js';
import { SenderConstraint } from './sender-constraint.js';
import type { SenderProof } from './sender-proof.js';
import type { SenderProofs } from './sender-proofs.js';

const { client } = NO_CLIENT_PROOF;
const REQUEST = { now: new Date() } as ProofRequest;
const BY_KEY: SenderProof = { confirmation: Confirmation.ofKey(Buffer.alloc(32, 1)), tokenType: 'DPoP' };
const BY_CERTIFICATE: SenderProof = {
  confirmation: Confirmation.ofCertificate(Buffer.alloc(32, 2)),
  tokenType: 'bearer',
};

interface Arranged {
  isOn?: boolean;
  proof?: SenderProof;
  binds?: boolean;
  isDemanded?: boolean;
}

const method = (
  { isOn = true, proof, binds = true, isDemanded = false }: Arranged,
  missing: ProofMethod['missing'] = () => invalidDpopProof(),
): ProofMethod => ({
  isOn,
  prove: () => proof,
  binds: () => binds,
  isDemandedBy: () => isDemanded,
  missing,
});
const proofs = async (key: Arranged, certificate: Arranged): Promise<SenderProofs> =>
  new SenderConstraint([method(key), method(certificate, () => invalidRequest())]).proofsOf(REQUEST);
const bindingOf = async (key: Arranged, certificate: Arranged): Promise<SenderProof | undefined> =>
  (await proofs(key, certificate)).bindingOf(client);

describe('the proofs of a request', () => {
  it.each<[string, SenderProof | undefined, Arranged, Arranged]>([
    ['none binds nothing', undefined, {}, {}],
    ['the first of several binds', BY_KEY, { proof: BY_KEY }, { proof: BY_CERTIFICATE }],
    ['a later one binds alone', BY_CERTIFICATE, {}, { proof: BY_CERTIFICATE }],
    ['one that the client did not register binds nothing', undefined, {}, { proof: BY_CERTIFICATE, binds: false }],
    [
      'either of two demanded ones is enough',
      BY_CERTIFICATE,
      { isDemanded: true },
      { proof: BY_CERTIFICATE, isDemanded: true },
    ],
    [
      'the demanded one allows that another binds',
      BY_KEY,
      { proof: BY_KEY },
      { proof: BY_CERTIFICATE, isDemanded: true },
    ],
    ['what is off is neither read nor demanded', undefined, { isOn: false, proof: BY_KEY, isDemanded: true }, {}],
  ])('%s', async (_, expected, key, certificate) => {
    expect(await bindingOf(key, certificate)).toBe(expected);
  });

  it.each<[string, string, Arranged, Arranged]>([
    ['without any', 'invalid_dpop_proof', { isDemanded: true }, {}],
    ['of another kind', 'invalid_dpop_proof', { isDemanded: true }, { proof: BY_CERTIFICATE }],
    ['of another kind in front', 'invalid_request', { proof: BY_KEY }, { isDemanded: true }],
    ['of neither demanded kind', 'invalid_dpop_proof', { isDemanded: true }, { isDemanded: true }],
  ])('that the client registered are demanded: %s the request is refused', async (_, code, key, certificate) => {
    await expect(bindingOf(key, certificate)).rejects.toMatchObject({ code });
  });

  it('are read at once while everything is off', () => {
    const off = new SenderConstraint([method({ isOn: false, proof: BY_KEY })]).proofsOf(REQUEST);
    expect(off).not.toBeInstanceOf(Promise);
    expect((off as SenderProofs).all).toEqual([]);
  });

  it('are all known, whatever the client registered', async () => {
    const all = (await proofs({ proof: BY_KEY }, { proof: BY_CERTIFICATE, binds: false })).all;
    expect(all).toEqual([BY_KEY, BY_CERTIFICATE]);
  });

  it('may be required, whatever the client registered', async () => {
    const required = async (key: Arranged, certificate: Arranged) =>
      (await proofs(key, certificate)).bindingOf(client, true);
    expect(await required({ proof: BY_KEY }, {})).toBe(BY_KEY);
    expect(await required({}, { proof: BY_CERTIFICATE })).toBe(BY_CERTIFICATE);
    await expect(required({}, {})).rejects.toThrow('invalid_dpop_proof');
    await expect(required({ isOn: false }, {})).rejects.toThrow('invalid_request');
    await expect(required({}, { proof: BY_CERTIFICATE, binds: false })).rejects.toThrow('invalid_dpop_proof');
    await expect(required({ isOn: false }, { isOn: false })).rejects.toThrow('invalid_request');
  });
});
