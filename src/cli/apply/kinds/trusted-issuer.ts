import { isDeepStrictEqual } from 'node:util';
import type { JWK } from 'jose';
import { isJsonObject, type JsonObject } from '../../../protocol/json.js';
import { allPages } from '../../api/pages.js';
import { CommandFailed } from '../../command-failed.js';
import { ISSUERS_PATH, type TrustedIssuer } from '../../trusted-issuer/issuer-listing.js';
import { type Change, difference, unchanged } from '../change.js';
import { type Declaration, textMember, textOf, textsMember } from '../declaration.js';
import { sourced } from '../value-sources.js';
import type { Plan } from './kind.js';

const KIND = 'TrustedIssuer';

/** An issuer with its subject and key is one grant of trust. The API changes none, so a changed one is made anew. */
export const planTrustedIssuer: Plan = async (declaration, api) => {
  const issuer = textMember(declaration, 'issuer');
  const subject = textOf(declaration.spec.subject);
  const any = declaration.spec.allow_any_subject === true;
  const jwk = await publicKey(declaration);
  const json = {
    issuer,
    subject,
    allow_any_subject: any,
    jwk: jwk as JsonObject,
    scope: textsMember(declaration, 'scope'),
    expires_at: textMember(declaration, 'expires_at'),
  };
  const all = await allPages<TrustedIssuer>(api, ISSUERS_PATH, { issuer });
  const existing = all.find(
    (one) => one.issuer === issuer && one.subject === subject && one.public_key.kid === jwk.kid,
  );
  const id = [issuer, subject, jwk.kid].filter(Boolean).join(' ');
  const compared = { scope: json.scope, expires_at: json.expires_at, allow_any_subject: any };
  const create = async (): Promise<undefined> => {
    await api.call('POST', ISSUERS_PATH, { json });
  };
  if (!existing) {
    const members = Object.entries(compared).map(([member, to]) => ({ member, to }));
    return { kind: KIND, id, action: 'created', members, carryOut: create };
  }
  const members = difference({ ...existing }, compared, (member, found, declared) =>
    member === 'expires_at'
      ? Date.parse(textOf(found)) === Date.parse(textOf(declared))
      : isDeepStrictEqual(found, declared),
  );
  if (members.length === 0) return unchanged(KIND, id);
  const carryOut = async (): Promise<undefined> => {
    await api.call('DELETE', `${ISSUERS_PATH}/${encodeURIComponent(existing.id)}`);
    return create();
  };
  return { kind: KIND, id, action: 'changed', members, carryOut } satisfies Change;
};

/** The private part of a key is not sent. */
async function publicKey(declaration: Declaration): Promise<JWK & { kid: string }> {
  const { publicPart } = await import('../../../keys/jwk.js');
  const { parseKeys } = await import('../../jwk/parse-keys.js');
  const { jwk, kid, alg } = declaration.spec;
  const content = await sourced(jwk, declaration);
  const [key] = content ? parseKeys(content, declaration.where) : isJsonObject(jwk) ? [jwk as JWK] : [];
  const shown = key && publicPart(key);
  if (!shown)
    throw new CommandFailed(`${declaration.where}: ${KIND} needs spec.jwk, a public key or {from_file: PATH}.`);
  const name = shown.kid ?? kid;
  if (typeof name !== 'string')
    throw new CommandFailed(`${declaration.where}: the key has no name: write it as spec.kid.`);
  return { use: 'sig', ...shown, kid: name, alg: shown.alg ?? (typeof alg === 'string' ? alg : undefined) };
}
