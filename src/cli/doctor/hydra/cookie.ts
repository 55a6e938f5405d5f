import { HYDRA_COOKIE_SECONDS, readHydraSession } from '../../../http/exchange/hydra-cookie.js';
import { cookieName } from '../../../http/exchange/cookies.js';
import { type Finding, ok, warn } from '../finding.js';
import type { Reading } from './reading.js';

const SECRETS = 'secrets.cookie';
const NAMES = 'serve.cookies.names.session';
const HYDRA_NAME = 'ory_hydra_session';

/** A cookie is bound to its name, and made under cookie secrets, or system secrets where there were none. */
export async function checkCookie(read: Reading, given: string): Promise<Finding[]> {
  const { dev, serve, secrets } = read.configuration;
  const { name, value } = partsOf(given);
  const right = cookieName(read.configuration, 'session');
  const own = serve.cookies.names.session;
  const names = [...new Set([right, ...(name ? [name] : []), own, `${own}_dev`, HYDRA_NAME, `${HYDRA_NAME}_dev`])];
  const sources = [secrets, { ...secrets, own_cookie: [] }];
  for (const source of sources)
    for (const candidate of names) {
      const sid = readHydraSession({ name: candidate, value }, source, new Date());
      if (sid === undefined) continue;
      const isRight = source === secrets || secrets.own_cookie.length === 0;
      return [
        isRight ? ok(SECRETS, 'the cookie opens') : warn(SECRETS, WITHOUT, 'Remove it: browsers would be logged out'),
        candidate === right ? ok(NAMES, 'the cookie has the configured name') : wrongName(candidate, { right, dev }),
        await session(read, sid),
      ];
    }
  return [warn(SECRETS, UNKNOWN, 'Set what Hydra had, else browsers log in again')];
}

const WITHOUT = 'the cookie was made by a Hydra without cookie secrets, under a secret of secrets.system';
const UNKNOWN = `the cookie is none of a browser that is logged in under these secrets and names, or is older than ${HYDRA_COOKIE_SECONDS / 86_400} days`;

/** `NAME=VALUE`, as browsers show it, or the value alone, which may end in signs of equality. */
function partsOf(given: string): { name?: string; value: string } {
  const [, name, value = given] = /^([^=]+)=([^=].*)$/.exec(given.trim()) ?? [];
  return { ...(name !== undefined && { name }), value };
}

function wrongName(found: string, { right, dev }: { right: string; dev: boolean }): Finding {
  const isMode = found === (dev ? right.replace(/_dev$/, '') : `${right}_dev`);
  const change = isMode ? `Set dev to ${!dev}` : `Set it so that the cookie is named ${found}`;
  return warn(NAMES, `Hydra named its cookie ${found}, and here it is ${right}`, change);
}

async function session({ source }: Reading, sid: string): Promise<Finding> {
  const { length } = await source.rows(
    'select from hydra_oauth2_authentication_session where nid = $1 and id = $2 and remember',
    [source.network, sid],
  );
  if (length > 0) return ok('session of the cookie', 'it is in the database');
  const change = 'Take the cookie of a browser that is still logged in, or the database that it belongs to';
  return warn('session of the cookie', 'it is not in this database', change);
}
