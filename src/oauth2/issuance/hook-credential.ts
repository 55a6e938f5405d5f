import type { HookConfiguration } from '../../config/configuration.js';

/** The header by which this server authenticates to a hook of the operator; empty if the hook asks for none. */
export function hookCredential({ auth }: HookConfiguration): Record<string, string> {
  if (!auth) return {};
  const { in: where, name, value } = auth.config;
  return where === 'cookie' ? { cookie: `${name}=${value}` } : { [name.toLowerCase()]: value };
}
