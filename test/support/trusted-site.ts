/**
 * An authority of the tests, which every process of a test run trusts because NODE_EXTRA_CA_CERTS names it, and a certificate
 * of it for servers on this machine.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authority, certificate, SERVER_AUTH } from './certificates.js';

export interface TrustedSite {
  /** PEM, for localhost and 127.0.0.1. */
  cert: string;
  key: string;
  /** The file of the authority, after those that the environment named before. */
  authority: string;
}

/** To be called before other processes start. */
export async function trustedSite(): Promise<{ site: TrustedSite; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'authority-'));
  const file = join(folder, 'authority.pem');
  const ca = await authority('O=Tests, CN=Authority of the tests');
  const others = process.env.NODE_EXTRA_CA_CERTS;
  await writeFile(file, [others ? await readFile(others, 'utf8') : '', ca.cert].join('\n'));
  process.env.NODE_EXTRA_CA_CERTS = file;
  const { cert, key } = await certificate({
    ...{ subject: 'CN=localhost', purposes: [SERVER_AUTH], by: ca },
    names: [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
    ],
  });
  const site = { cert, key, authority: file };
  return { site, remove: () => rm(folder, { recursive: true, force: true }) };
}
