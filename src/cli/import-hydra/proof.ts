/** Opens every sealed value of the source before the first row is written. */
import { CommandFailed } from '../command-failed.js';
import type { Source } from './source/source.js';
import type { Proof, Proving, Stage } from './table-import.js';

interface ProvingStages extends Proving {
  stages: readonly Stage[];
}

interface ProofOptions extends ProvingStages {
  /** Whether rows that no secret opens may be left out. */
  leaveUnreadable: boolean;
}

interface Proven {
  /** Rows that each secret opened, in the order of the list. */
  opened: number[];
  unreadable: number;
}

/** Tries to open each sealed value of every table. */
export async function proofsOf(source: Source, { stages, ...proving }: ProvingStages): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const stage of stages) proofs.push(...((await stage.prove?.(source, proving)) ?? []));
  return proofs;
}

/** @throws CommandFailed where one is missing */
export async function proveAll(source: Source, options: ProofOptions): Promise<Proven> {
  const proofs = await proofsOf(source, options);
  const unreadable = proofs.filter((proof) => proof.unreadable > 0);
  if (unreadable.length > 0 && !options.leaveUnreadable) throw new CommandFailed(missingSecret(unreadable));
  const sumOf = (count: (proof: Proof) => number): number => proofs.reduce((sum, proof) => sum + count(proof), 0);
  return {
    opened: options.secrets.map((_, place) => sumOf(({ opened }) => opened[place] ?? 0)),
    unreadable: sumOf((proof) => proof.unreadable),
  };
}

function missingSecret(proofs: readonly Proof[]): string {
  const lines = proofs.map(
    ({ table, rows, unreadable }) =>
      `system secret missing: ${unreadable} of ${rows} rows in ${table} cannot be decrypted`,
  );
  return `${lines.join('\n')}\nNothing was written. Put every secret that this Hydra has used into secrets.system, the newest first. If they are lost: --leave-unreadable imports everything else.`;
}
