/** Networks are Hydra's tenants. A Hydra serves the one that was made first. */
import { CommandFailed } from '../../command-failed.js';
import type { OpenSource } from './open-source.js';

export interface Networks {
  chosen: string;
  others: string[];
}

/** @param wanted instead of the oldest network. @throws CommandFailed where it is not there */
export async function chosenNetwork(source: OpenSource, wanted: string | undefined): Promise<Networks> {
  const rows = await source.rows<{ id: string }>('select id from networks order by created_at, id');
  const ids = rows.map(({ id }) => id);
  const chosen = wanted === undefined ? ids[0] : ids.find((id) => id === wanted.toLowerCase());
  if (chosen === undefined) {
    throw new CommandFailed(
      ids.length === 0
        ? 'The source holds no network: no Hydra has served it.'
        : `The source has no network ${wanted ?? ''}: give one of ${ids.join(', ')}.`,
    );
  }
  return { chosen, others: ids.filter((id) => id !== chosen) };
}

export function networkWarnings({ chosen, others }: Networks): string[] {
  if (others.length === 0) return [];
  return [
    `The source holds other networks, whose rows are left out: ${others.join(', ')}. Network ${chosen} is imported; --network takes another.`,
  ];
}
