/** The migrations in their order. A new one needs a file and a line here; a released one is never edited. */
import { Foundation1764000000000 } from './1764000000000-foundation.js';
import { TrustedIssuers1764000100000 } from './1764000100000-trusted-issuers.js';
import { LogoutOutbox1764000200000 } from './1764000200000-logout-outbox.js';
import { LoginSessionDetails1764000300000 } from './1764000300000-login-session-details.js';
import { CacheChanges1764000400000 } from './1764000400000-cache-changes.js';
import { ClientMetadataAsText1764000500000 } from './1764000500000-client-metadata-as-text.js';
import { SessionsOfOpenBrowsers1764000600000 } from './1764000600000-sessions-of-open-browsers.js';
import { ClientOrigins1764000700000 } from './1764000700000-client-origins.js';
import { ConsentsInForce1764000800000 } from './1764000800000-consents-in-force.js';
import { BasesOfConsents1764000900000 } from './1764000900000-bases-of-consents.js';
import { ClaimantsOfUseMarks1764001000000 } from './1764001000000-claimants-of-use-marks.js';
import { CutsByVersion1764001100000 } from './1764001100000-cuts-by-version.js';
import { VersionsOfAccessTokens1764001200000 } from './1764001200000-versions-of-access-tokens.js';
import { HydraImport1764001300000 } from './1764001300000-hydra-import.js';
import { Confirmations1764001400000 } from './1764001400000-confirmations.js';
import { AcrOfLoginSessions1764001500000 } from './1764001500000-acr-of-login-sessions.js';
import { TokenExchange1764001600000 } from './1764001600000-token-exchange.js';
import { ClientMetadataDocuments1764001700000 } from './1764001700000-client-metadata-documents.js';
import { PingsAndPolls1764001800000 } from './1764001800000-pings-and-polls.js';

export const migrations = [
  Foundation1764000000000,
  TrustedIssuers1764000100000,
  LogoutOutbox1764000200000,
  LoginSessionDetails1764000300000,
  CacheChanges1764000400000,
  ClientMetadataAsText1764000500000,
  SessionsOfOpenBrowsers1764000600000,
  ClientOrigins1764000700000,
  ConsentsInForce1764000800000,
  BasesOfConsents1764000900000,
  ClaimantsOfUseMarks1764001000000,
  CutsByVersion1764001100000,
  VersionsOfAccessTokens1764001200000,
  HydraImport1764001300000,
  Confirmations1764001400000,
  AcrOfLoginSessions1764001500000,
  TokenExchange1764001600000,
  ClientMetadataDocuments1764001700000,
  PingsAndPolls1764001800000,
];
