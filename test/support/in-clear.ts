/** Whether secrets lie in a database where somebody who reads it would find them. */
import { onDatabase } from './hydra-database.js';

/** Every row of every table, as text; binary values in hex. */
export async function rowsAtRest(dsn: string): Promise<string[]> {
  return onDatabase(dsn, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      found.push(...rows.map(({ row }) => `${name}: ${row}`));
    }
    return found;
  });
}

/** The secrets that are in one of the texts: as they are, or as bytes in hex or base64. */
export function inClear(secrets: readonly string[], texts: readonly string[]): string[] {
  const all = texts.join('\n');
  return secrets.filter((secret) => formsOf(secret).some((form) => all.includes(form)));
}

function formsOf(secret: string): string[] {
  const decoded = /^[\w-]{20,}$/.test(secret) ? encoded(Buffer.from(secret, 'base64url')) : [];
  return [secret, ...encoded(Buffer.from(secret)), ...decoded];
}

/** base64 looks different by where in the text the secret begins. */
function encoded(bytes: Buffer): string[] {
  const base64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const own = text.slice(offset && offset + 1, Math.floor(((offset + bytes.length) * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [bytes.toString('hex'), ...base64];
}
