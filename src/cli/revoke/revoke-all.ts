/**
 * Ends everything that was issued until a moment, directly in the database and in batches, while servers run or not.
 * Servers do not cache tokens, grants, sessions or consents, so that it takes effect at once. It may be stopped and
 * started again at any time: rows that have ended are not counted again.
 */
import type { DataSource } from 'typeorm';
import type { Configuration } from '../../config/configuration.js';
import { attachedBuckets } from '../../database/bucket-partitions.js';
import { flowsBegunBefore, sweepFlowsBegunBefore } from '../../flow-store/sweep-flows.js';
import { CommandFailed } from '../command-failed.js';
import { requireMigrated } from '../require-migrated.js';
import { ACCESS_TOKENS, CONSENTS, type Ending, GRANTS, JWTS, LOGIN_SESSIONS, type Narrowing } from './endings.js';
import { countLiving, endLiving } from './living-rows.js';

interface RevokeOptions {
  issuedBefore: Date;
  now: Date;
  /** client_id */
  client?: string;
  subject?: string;
  keepSessions?: boolean;
  keepConsents?: boolean;
  /** Without it, the command only counts. */
  yes?: boolean;
}

/** A request of that moment may be written up to this much later. */
const UNDER_WAY_MS = 60_000;
const FLOWS_AT_ONCE = 1_000;
const UNDER_WAY = {
  everything: 'Logins in progress in Redis are not reached: empty its database, or they continue (docs/operations.md).',
  narrowed: 'Logins in progress stay: they can end in new tokens.',
};

/** @throws CommandFailed where migrations are pending or the client is unknown */
export async function revokeIssuedBefore(
  database: DataSource,
  ttl: Configuration['ttl'],
  options: RevokeOptions,
): Promise<void> {
  await requireMigrated(database);
  const only: Narrowing = { clientKey: await keyOf(database, options.client), subject: options.subject };
  const { issuedBefore, now, yes = false } = options;
  const run = yes ? endLiving : countLiving;
  const sum = async (endings: readonly Ending[]): Promise<number> => {
    let total = 0;
    for (const ending of endings) total += await run(database, ending, { issuedBefore, now, only });
    return total;
  };
  const tell = (what: string, count: number): void => {
    print(`${what}: ${count} ${yes ? 'ended' : 'would end'}.`);
  };
  print(`Issued until ${issuedBefore.toISOString()}${narrowed(options)}:`);
  tell('grants, with their codes, refresh tokens and access tokens', await sum([GRANTS]));
  const buckets = await attachedBuckets(database, 'access_token');
  tell('access tokens that hang on no grant', await sum(buckets.map(ACCESS_TOKENS)));
  if (!options.keepSessions && options.client === undefined) tell('login sessions', await sum([LOGIN_SESSIONS]));
  if (!options.keepConsents) tell('remembered consents', await sum(CONSENTS));
  if (options.client === undefined && options.subject === undefined)
    tell('logins, codes and device codes in progress', await flows(database, ttl, options));
  const jwts = await countLiving(database, JWTS, { issuedBefore, now, only });
  for (const line of closing(jwts, options)) print(line);
}

async function keyOf(database: DataSource, clientId: string | undefined): Promise<string | undefined> {
  if (clientId === undefined) return undefined;
  const [row] = await database.query<{ key: string }[]>('select key from client where client_id = $1', [clientId]);
  if (!row) throw new CommandFailed(`There is no client ${clientId}: with it went everything that it was issued.`);
  return row.key;
}

/** The start of a flow is not recorded: all flows count that may have begun by then. No number is known for Redis. */
async function flows(
  database: DataSource,
  ttl: Configuration['ttl'],
  { issuedBefore, yes }: RevokeOptions,
): Promise<number> {
  const longest = Math.max(ttl.login_consent_request, ttl.auth_code, ttl.device_user_code, ttl.ciba_request);
  const begun = { begunBefore: issuedBefore, longestLifeMs: longest * 1000 };
  if (!yes) return flowsBegunBefore(database, begun);
  for (let total = 0; ;) {
    const ended = await sweepFlowsBegunBefore(database, { ...begun, limit: FLOWS_AT_ONCE });
    total += ended;
    if (ended < FLOWS_AT_ONCE) return total;
  }
}

function closing(jwts: number, options: RevokeOptions): string[] {
  const { issuedBefore, now, yes } = options;
  return [
    ...(jwts > 0
      ? [
          `JWT access tokens: ${jwts} that have not expired. Introspection knows which have ended; a resource server that verifies only the signature accepts them until they expire. To end them there, too, delete the keys of the set hydra.jwt.access-token.`,
        ]
      : []),
    UNDER_WAY[options.client === undefined && options.subject === undefined ? 'everything' : 'narrowed'],
    'Not touched: secrets and registration access tokens of clients, signing keys, trusted issuers, used assertions (docs/operations.md).',
    ...(yes ? againSoon(issuedBefore, now) : ['Nothing was changed: pass --yes to end them.']),
  ];
}

function againSoon(issuedBefore: Date, now: Date): string[] {
  if (now.getTime() - issuedBefore.getTime() > UNDER_WAY_MS) return [];
  return ['Requests in progress at that moment may still have been answered: run this again in a minute.'];
}

function narrowed({ client, subject }: RevokeOptions): string {
  return `${client === undefined ? '' : `, to the client ${client}`}${subject === undefined ? '' : `, to the subject ${subject}`}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
