/** A Hydra that is running changes what is being read: a token that it rotates meanwhile is spent here and new there. */
import { APPLICATION_NAME, type OpenSource } from './open-source.js';

/** Roles without pg_read_all_stats see that there are other sessions, but not their names. */
export async function sessionWarnings(source: OpenSource): Promise<string[]> {
  const rows = await source.rows<{ name: string; count: string }>(
    `select coalesce(nullif(application_name, ''), 'no name') as name, count(*) as count from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and application_name is distinct from $1
  and coalesce(backend_type, 'client backend') = 'client backend' group by 1 order by 1`,
    [APPLICATION_NAME],
  );
  if (rows.length === 0) return [];
  const named = rows.map(({ name, count }) => `${count} (${name})`).join(', ');
  return [
    `Other sessions are connected to the source: ${named}. Hydra should be stopped, or what it changes from now on is missing here.`,
  ];
}
