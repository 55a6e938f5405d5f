import type pg from 'pg';
import type { Configuration } from '../../../config/configuration.js';
import { type Finding, ok, warn } from '../finding.js';

const CHECK = 'cross-origin requests';

/** A browser keeps the answer from the page, and says no more than "CORS error": the operator is told here. */
export async function checkCors(client: pg.Client, { serve }: Configuration): Promise<Finding[]> {
  const { enabled, allowed_origins: allowed } = serve.public.cors;
  const { rows } = await client.query<{ id: string }>(WITH_ORIGINS);
  const [first] = rows;
  if (!first) return [];
  if (!enabled) {
    const finding = `CORS is off, and allowed_cors_origins has no effect, such as that of client ${first.id}`;
    return [warn(CHECK, finding, 'Set serve.public.cors.enabled, or remove the origins from the clients')];
  }
  if (allowed.length === 0 || allowed.includes('*')) return [ok(CHECK, 'every origin is allowed, without cookies')];
  return [ok(CHECK, 'the origins of clients count beside serve.public.cors.allowed_origins')];
}

const WITH_ORIGINS = `
select client_id as id from client where metadata ->> 'allowed_cors_origins' <> '[]' limit 1`;
