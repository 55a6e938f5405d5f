import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { JWK } from 'jose';
import type { JsonObject, JsonValue } from '../../protocol/json.js';
import type { Api } from '../api/api.js';
import { allPages } from '../api/pages.js';
import { apiOf, flagsOf, withRemote } from '../api/remote.js';
import { keySetPath } from '../jwk/key-names.js';
import { ISSUERS_PATH, type TrustedIssuer } from '../trusted-issuer/issuer-listing.js';
import { isSameValue } from './change.js';
import { textOf } from './declaration.js';
import { API_VERSION } from './read-declarations.js';

interface ExportFlags {
  output?: string;
  owner?: string;
  keySet?: string[];
}

interface Exported {
  kind: string;
  name: string;
  spec: JsonObject;
}

/** What the server sets, and what nobody may declare. */
const NOT_DECLARED = new Set([
  'client_secret',
  'client_secret_expires_at',
  'created_at',
  'updated_at',
  'registration_access_token',
  'registration_client_uri',
]);

/**
 * Writes what `apply` reads: a file for each thing, or all to standard output. Secrets of clients are not known to anybody.
 * Private keys are written only for the sets that are named.
 */
export function exportCommand(command: Command): void {
  withRemote(command)
    .option('-o, --output <folder>', 'write a file for each thing into this folder (default: all to standard output)')
    .option('--owner <owner>', 'only clients of this owner, and no issuers')
    .option('--key-set <set>', 'also this key set, private keys included; may be repeated', appended)
    .action(async () => {
      const { output, owner, keySet = [] } = flagsOf<ExportFlags>(command);
      const api = apiOf(command);
      const all = [
        ...(await keySets(api, keySet)),
        ...(owner === undefined ? await issuers(api) : []),
        ...(await clients(api, owner)),
      ];
      const { stringify } = await import('yaml');
      const texts = all.map(({ kind, spec }) => stringify({ apiVersion: API_VERSION, kind, spec }));
      if (output === undefined) {
        process.stdout.write(texts.join('---\n'));
        return;
      }
      await mkdir(output, { recursive: true });
      const files = fileNames(all);
      for (const [index, text] of texts.entries()) {
        await writeFile(join(output, files[index] ?? ''), text, { mode: 0o600 });
      }
      process.stderr.write(`Wrote ${all.length} files to ${output}.\n`);
    });
}

const appended = (value: string, before: string[] = []): string[] => [...before, value];

/** One for each, also where names are the same once they are cut, or differ in capital letters alone. */
function fileNames(all: readonly Exported[]): string[] {
  const times = new Map<string, number>();
  return all.map(({ kind, name }) => {
    const file = `${kind.toLowerCase()}-${encodeURIComponent(name).slice(0, 180)}`;
    const before = times.get(file.toLowerCase()) ?? 0;
    times.set(file.toLowerCase(), before + 1);
    return before === 0 ? `${file}.yaml` : `${file}~${before + 1}.yaml`;
  });
}

async function clients(api: Api, owner: string | undefined): Promise<Exported[]> {
  const found = await allPages<JsonObject>(api, '/admin/clients', { owner });
  return found.map((client) => ({ kind: 'OAuth2Client', name: textOf(client.client_id), spec: declarable(client) }));
}

/** Members without content are left out: they need no declaration. */
function declarable(client: JsonObject): JsonObject {
  const members = Object.entries(client).filter(
    ([name, value]) => !NOT_DECLARED.has(name) && !isSameValue(undefined, value),
  );
  return { client_id: client.client_id ?? '', ...Object.fromEntries(members) };
}

/** With their public keys, which are a set of the issuer's name. */
async function issuers(api: Api): Promise<Exported[]> {
  const found = await allPages<TrustedIssuer>(api, ISSUERS_PATH, {});
  const all: Exported[] = [];
  for (const { issuer, subject, allow_any_subject, scope, expires_at, public_key } of found) {
    const path = `${keySetPath(public_key.set)}/${encodeURIComponent(public_key.kid)}`;
    const { keys } = (await api.call('GET', path)).body as { keys: JWK[] };
    const spec = { issuer, subject, allow_any_subject, scope, expires_at, jwk: keys[0] as JsonObject };
    all.push({ kind: 'TrustedIssuer', name: `${issuer}-${public_key.kid}`, spec });
  }
  return all;
}

async function keySets(api: Api, names: readonly string[]): Promise<Exported[]> {
  const all: Exported[] = [];
  for (const set of names) {
    const { keys } = (await api.call('GET', keySetPath(set))).body as { keys: JsonValue };
    all.push({ kind: 'JsonWebKeySet', name: set, spec: { set, keys } });
  }
  return all;
}
