import { type Command, InvalidArgumentError } from 'commander';
import type { JWK } from 'jose';
import { parseDuration } from '../../protocol/duration.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { CommandFailed } from '../command-failed.js';
import { commaList } from '../input/comma-list.js';
import { nameOf, readInput } from '../input/read-input.js';
import { issuerCommand, issuerIn, issuerRow, ISSUERS_PATH } from './issuer-listing.js';

interface IssuerFlags {
  key?: string;
  kid?: string;
  alg?: string;
  subject?: string;
  allowAnySubject?: boolean;
  scope?: string[];
  expiresAt?: string;
  expiresIn?: number;
}

export function createTrustedIssuer(verb: Command): void {
  const command = issuerCommand(verb, 'trusted-jwt-grant-issuer', 'accept the assertions of an issuer (RFC 7523)')
    .argument('<issuer>', 'iss of its assertions')
    .requiredOption('--key <file>', 'its public key: JWK, or PEM or DER in SPKI or X.509; - for standard input')
    .option('--kid <id>', 'name of the key, where the file has none')
    .option('--alg <algorithm>', 'algorithm of the key, where the file has none')
    .option('--subject <subject>', 'sub that its assertions may have')
    .option('--allow-any-subject', 'accept assertions about everybody')
    .option('--scope <list>', 'scopes that its assertions may ask for', commaList)
    .option('--expires-at <time>', 'until when it is trusted, as 2030-12-31T00:00:00Z')
    .option('--expires-in <duration>', 'how long it is trusted, as 8760h', seconds);
  withRemote(command).action(async (issuer: string) => {
    const flags = flagsOf<IssuerFlags>(command);
    const json = {
      issuer,
      jwk: await publicKey(flags),
      subject: flags.subject,
      allow_any_subject: flags.allowAnySubject,
      scope: flags.scope ?? [],
      expires_at: expiry(flags, new Date()),
    };
    const { body } = await apiOf(command).call('POST', ISSUERS_PATH, { json });
    await show(command, issuerRow(issuerIn(body)));
  });
}

/** The private part of a key is not sent. */
async function publicKey({ key: file = '', kid, alg }: IssuerFlags): Promise<JWK> {
  const { parseKeys } = await import('../jwk/parse-keys.js');
  const { publicPart } = await import('../../keys/jwk.js');
  const [found, ...others] = parseKeys(await readInput(file), nameOf(file));
  const key = found && publicPart(found);
  if (!key || others.length > 0) throw new CommandFailed(`${nameOf(file)} must hold one key that has a public part.`);
  const named = { use: 'sig', ...key, kid: key.kid ?? kid, alg: key.alg ?? alg };
  if (named.kid === undefined)
    throw new CommandFailed('The key has no name: give it one with --kid, as in its assertions.');
  return named;
}

function expiry({ expiresAt, expiresIn }: IssuerFlags, at: Date): string {
  if (expiresAt !== undefined) return expiresAt;
  if (expiresIn !== undefined) return new Date(at.getTime() + expiresIn * 1000).toISOString();
  throw new CommandFailed('Say how long the issuer is trusted, with --expires-in or --expires-at.');
}

function seconds(text: string): number {
  const found = parseDuration(text);
  if (found !== undefined && found > 0) return found;
  throw new InvalidArgumentError('Write a duration, for example 8760h.');
}
