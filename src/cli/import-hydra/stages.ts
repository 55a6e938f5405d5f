/** What is imported, in the order in which it is written: what a row refers to comes before it. */
import { countedOnly } from './counted-only.js';
import { FAMILIES } from './families/index.js';
import { rowByRow } from './row-by-row.js';
import type { Stage } from './table-import.js';
import { TABLES, TABLES_LEFT_OUT } from './tables/index.js';

export const STAGES: readonly Stage[] = [...TABLES.map(rowByRow), FAMILIES, ...TABLES_LEFT_OUT.map(countedOnly)];
