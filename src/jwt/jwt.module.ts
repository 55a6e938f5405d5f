/**
 * JWTs that come in, made by others or by this server and handed back: how they are read, which key made their
 * signature, what their times say, and of which kind they are (RFC 7515, RFC 7516, RFC 7519, RFC 8725).
 *
 * It must not know what a JWT is sent for: the audience, the parties and the single use are judged where it arrives.
 */
import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { IdTokenHints } from './id-token-hints.js';
import { JweDecrypter } from './jwe-decrypter.js';
import { JwtVerifier } from './jwt-verifier.js';
import { RemoteKeySets } from './remote-key-sets.js';

@Module({
  imports: [KeysModule],
  providers: [JwtVerifier, JweDecrypter, IdTokenHints, RemoteKeySets],
  exports: [JwtVerifier, JweDecrypter, IdTokenHints, RemoteKeySets],
})
export class JwtModule {}
