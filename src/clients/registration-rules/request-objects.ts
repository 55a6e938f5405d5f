import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** RFC 9101 §10.5: an unsigned object cannot be demanded and refused at once. */
export function checkRequestObjects({ metadata }: Registration): void {
  if (metadata.require_signed_request_object !== true || metadata.request_object_signing_alg !== 'none') return;
  throw invalidClientMetadata(
    "'request_object_signing_alg' must not be none, because 'require_signed_request_object' is true.",
  );
}
