import { type Finding, ok, warn } from '../finding.js';
import type { Reading } from './reading.js';

const CHECK = 'flows under way';
const NOW = "(now() at time zone 'UTC')";

/** Codes and device codes wait in the database; a login or consent between two clicks waits in the browser alone. */
export async function checkFlowsUnderWay(read: Reading): Promise<Finding> {
  const { source } = read;
  const codes = await count(read, `hydra_oauth2_code where nid = $1 and active and ${unexpired(read)}`);
  const devices = source.columnsOf('hydra_oauth2_device_auth_codes')
    ? await count(
        read,
        `hydra_oauth2_device_auth_codes where nid = $1 and device_code_active and user_code_state <> 2 and expires_at > ${NOW}`,
      )
    : 0;
  if (codes + devices === 0) return ok(CHECK, 'no authorization code and no device code waits');
  const finding = `authorization codes that wait: ${codes}, device codes: ${devices}; logins between two clicks are not counted`;
  return warn(CHECK, finding, 'These people begin again: stop Hydra when few are about to log in');
}

/** Releases before 2.3 did not write when a code ends. */
function unexpired({ source, configuration }: Reading): string {
  const end = `requested_at + make_interval(secs => ${configuration.ttl.auth_code})`;
  const isWritten = source.columnsOf('hydra_oauth2_code')?.has('expires_at');
  return `${isWritten ? `coalesce(expires_at, ${end})` : end} > ${NOW}`;
}

async function count({ source }: Reading, rows: string): Promise<number> {
  const [row] = await source.rows<{ count: string }>(`select count(*) as count from ${rows}`, [source.network]);
  return Number(row?.count);
}
