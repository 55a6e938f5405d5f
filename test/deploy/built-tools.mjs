/** The programs that check deploy/, built from their Go modules into a cached folder. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const TOOLS = [
  { name: 'helm', module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0' },
  { name: 'promtool', module: 'github.com/prometheus/prometheus/cmd/promtool', version: 'v0.316.0', onDemand: true },
];

/** One folder for each set of versions. */
export function toolFolder() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'ostiary-deploy-tools', TOOLS.map(({ name, version }) => `${name}-${version}`).join('_'));
}
