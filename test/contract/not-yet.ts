/** Operations of the reference that Ostiary does not have yet, each with the reason. It is meant to become empty. */
export const NOT_YET: Record<string, string> = {};
