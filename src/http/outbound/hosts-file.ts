/** Looks up names that this machine knows by itself: its hosts file, and `localhost` (RFC 6761 §6.3). */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { PinnedAddress } from './outbound-request.js';

const HOSTS_FILE = '/etc/hosts';
const LOOPBACK: PinnedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** The machine's addresses for a name; empty where it has none. The file is short and in memory. */
export function addressesOfMachine(host: string, read = readHosts): PinnedAddress[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  const listed = read()
    .split('\n')
    .flatMap((line) => addressIn(line, name));
  if (listed.length) return listed;
  return name === 'localhost' || name.endsWith('.localhost') ? LOOPBACK : [];
}

function addressIn(line: string, name: string): PinnedAddress[] {
  const [address = '', ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
  const family = isIP(address);
  return family && names.some((one) => one.toLowerCase() === name) ? [{ address, family }] : [];
}

function readHosts(): string {
  try {
    return readFileSync(HOSTS_FILE, 'utf8');
  } catch {
    return ''; // a system without a hosts file
  }
}
