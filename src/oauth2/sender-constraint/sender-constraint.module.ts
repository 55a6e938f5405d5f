/**
 * Proofs that the sender of a request possesses a key (RFC 9449, RFC 8705): they bind codes, tokens and refresh chains. It must
 * not know what is bound: that belongs to issuance, and every endpoint calls it as one of its steps.
 */
import { Module } from '@nestjs/common';
import { PROOF_METHOD_CLASSES } from './index.js';
import { PROOF_METHODS, type ProofMethod } from './proof-method.js';
import { SenderConstraint } from './sender-constraint.js';

const proofMethods = {
  provide: PROOF_METHODS,
  useFactory: (...methods: ProofMethod[]): ProofMethod[] => methods,
  inject: [...PROOF_METHOD_CLASSES],
};

@Module({
  providers: [...PROOF_METHOD_CLASSES, proofMethods, SenderConstraint],
  exports: [SenderConstraint],
})
export class SenderConstraintModule {}
