/** The migrations in their order. A new one is one file and one line here; a released one is never edited. */
import { Foundation1764000000000 } from './1764000000000-foundation.js';
import { TrustedIssuers1764000100000 } from './1764000100000-trusted-issuers.js';

export const migrations = [Foundation1764000000000, TrustedIssuers1764000100000];
