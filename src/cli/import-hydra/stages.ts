/** What is imported, in the order in which it is written: what a row refers to comes before it. */
import type { Stage } from './table-import.js';

export const STAGES: readonly Stage[] = [];
