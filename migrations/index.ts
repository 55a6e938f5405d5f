/** The migrations in their order. A new one is one file and one line here; a released one is never edited. */
import { Foundation1764000000000 } from './1764000000000-foundation.js';
import { TrustedIssuers1764000100000 } from './1764000100000-trusted-issuers.js';
import { LogoutOutbox1764000200000 } from './1764000200000-logout-outbox.js';
import { LoginSessionDetails1764000300000 } from './1764000300000-login-session-details.js';
import { CacheChanges1764000400000 } from './1764000400000-cache-changes.js';
import { ClientMetadataAsText1764000500000 } from './1764000500000-client-metadata-as-text.js';

export const migrations = [
  Foundation1764000000000,
  TrustedIssuers1764000100000,
  LogoutOutbox1764000200000,
  LoginSessionDetails1764000300000,
  CacheChanges1764000400000,
  ClientMetadataAsText1764000500000,
];
