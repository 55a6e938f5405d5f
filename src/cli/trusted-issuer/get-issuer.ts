import type { Command } from 'commander';
import { apiOf, show, withRemote } from '../api/remote.js';
import { issuerCommand, issuerIn, issuerRow, issuerRows, ISSUERS_PATH, type TrustedIssuer } from './issuer-listing.js';

/** The first unknown id ends the command, and nothing is printed. */
export function getTrustedIssuer(verb: Command): void {
  const command = issuerCommand(verb, 'trusted-jwt-grant-issuer', 'show trusted issuers').argument(
    '<id...>',
    'their ids',
  );
  withRemote(command).action(async (ids: string[]) => {
    const api = apiOf(command);
    const found: TrustedIssuer[] = [];
    for (const id of ids) {
      const { body } = await api.call('GET', `${ISSUERS_PATH}/${encodeURIComponent(id)}`);
      found.push(issuerIn(body));
    }
    const [first, ...others] = found;
    if (first) await show(command, others.length === 0 ? issuerRow(first) : issuerRows(found));
  });
}
