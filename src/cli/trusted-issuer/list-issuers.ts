import type { Command } from 'commander';
import { pageOf, pageQuery, withPages } from '../api/pages.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { issuerCommand, issuerRows, ISSUERS_PATH, type TrustedIssuer } from './issuer-listing.js';

export function listTrustedIssuers(verb: Command): void {
  const command = issuerCommand(verb, 'trusted-jwt-grant-issuers', 'list trusted issuers, page by page').option(
    '--issuer <issuer>',
    'only of this issuer',
  );
  withRemote(withPages(command)).action(async () => {
    const { issuer } = flagsOf<{ issuer?: string }>(command);
    const query = { issuer, ...pageQuery(command) };
    const page = pageOf<TrustedIssuer>(await apiOf(command).call('GET', ISSUERS_PATH, { query }));
    await show(command, { ...issuerRows(page.items), ...page.listing });
  });
}
