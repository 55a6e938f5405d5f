/** The ways to prove possession of a key, one line each. If a request has several proofs, the first one binds its tokens. */
import type { Type } from '@nestjs/common';
import { DpopMethod } from './dpop/dpop.method.js';
import { CertificateMethod } from './mutual-tls/certificate.method.js';
import type { ProofMethod } from './proof-method.js';

export const PROOF_METHOD_CLASSES: readonly Type<ProofMethod>[] = [DpopMethod, CertificateMethod];
