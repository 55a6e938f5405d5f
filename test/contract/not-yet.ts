/** Hydra operations that Ostiary does not have yet, each with the reason. The list should become empty. */
export const NOT_YET: Record<string, string> = {};
