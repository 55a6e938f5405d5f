import { parseDuration } from '../../../protocol/duration.js';
import type { JsonObject, JsonValue } from '../../../protocol/json.js';
import type { Api } from '../../api/api.js';
import { found } from '../../api/found.js';
import { allPages } from '../../api/pages.js';
import { CommandFailed } from '../../command-failed.js';
import { clientPath } from '../../oauth2-client/client-names.js';
import { type Change, difference, isSameValue, type MemberChange, unchanged } from '../change.js';
import { type Declaration, textOf } from '../declaration.js';
import { sourcedText } from '../value-sources.js';
import type { Plan } from './kind.js';

const KIND = 'OAuth2Client';
const PATH = '/admin/clients';

/** Of a client that exists only declared members change, by one JSON Patch. */
export const planClient: Plan = async (declaration, api, { secrets = false, owner }) => {
  const spec = owned(declaration, owner);
  const secret = await sourcedText('client_secret', declaration);
  const declared: JsonObject = { ...spec };
  delete declared.client_secret;
  const existing = await existingClient(api, declaration);
  if (!existing) return creation(api, declared, secret);
  const id = textOf(existing.client_id);
  const changes: MemberChange[] = difference(existing, declared, isSameMember);
  const patch = changes.map(({ member, to }) => ({ op: 'replace', path: `/${member}`, value: to ?? null }));
  if (secret !== undefined && secrets) {
    patch.push({ op: 'replace', path: '/client_secret', value: secret });
    changes.push({ member: 'client_secret' });
  }
  if (patch.length === 0) return unchanged(KIND, id);
  const carryOut = async (): Promise<undefined> => {
    await api.call('PATCH', clientPath(id), { json: patch });
  };
  return { kind: KIND, id, action: 'changed', members: changes, carryOut };
};

function creation(api: Api, declared: JsonObject, secret: string | undefined): Change {
  const { client_id: id, ...rest } = declared;
  const members = Object.entries(rest)
    .filter(([, to]) => !isSameValue(undefined, to))
    .map(([member, to]) => ({ member, to }));
  const json = { ...declared, ...(secret !== undefined && { client_secret: secret }) };
  return {
    kind: KIND,
    id: typeof id === 'string' ? id : '(a new id)',
    action: 'created',
    members,
    carryOut: async () => {
      const { client_id, client_secret } = (await api.call('POST', PATH, { json })).body as JsonObject;
      return { client_id, ...(secret === undefined && client_secret && { client_secret }) } as JsonObject;
    },
  };
}

function owned({ spec, where }: Declaration, owner: string | undefined): JsonObject {
  if (owner === undefined) return spec;
  if (spec.owner === undefined) return { ...spec, owner };
  if (spec.owner === owner) return spec;
  throw new CommandFailed(`${where}: its owner is ${JSON.stringify(spec.owner)}, but --owner says ${owner}.`);
}

/** By its id; a resource of the operator may have none, and is then found by its owner. */
async function existingClient(api: Api, { spec, where }: Declaration): Promise<JsonObject | undefined> {
  const { client_id: id, owner } = spec;
  if (typeof id === 'string' && id !== '') return found<JsonObject>(api, clientPath(id));
  if (typeof owner !== 'string') throw new CommandFailed(`${where}: ${KIND} needs spec.client_id, a text.`);
  const [first, ...others] = await allPages<JsonObject>(api, PATH, { owner });
  if (others.length === 0) return first;
  throw new CommandFailed(
    `${where}: ${others.length + 1} clients have the owner ${owner}: name one by spec.client_id.`,
  );
}

function isSameMember(member: string, found: JsonValue | undefined, declared: JsonValue): boolean {
  if (!member.endsWith('_lifespan')) return isSameValue(found, declared);
  return isSameValue(seconds(found), seconds(declared));
}

/** Lifespans are compared by their length: 1h is 1h0m0s. */
function seconds(value: JsonValue | undefined): JsonValue {
  return (typeof value === 'string' ? parseDuration(value) : undefined) ?? value ?? null;
}
