import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'VerifiableCredentialProof' })
export class VerifiableCredentialProofDto {
  /** `jwt` */
  @ApiPropertyOptional()
  proof_type?: string;

  /** A JWT with the nonce, signed by the key in its header. */
  @ApiPropertyOptional()
  jwt?: string;
}

@ApiSchema({ name: 'CreateVerifiableCredentialRequestBody' })
export class CreateVerifiableCredentialRequestBodyDto {
  /** `jwt_vc_json` */
  @ApiPropertyOptional()
  format?: string;

  @ApiPropertyOptional({ type: [String] })
  types?: string[];

  @ApiPropertyOptional()
  proof?: VerifiableCredentialProofDto;
}

@ApiSchema({ name: 'verifiableCredentialResponse' })
export class VerifiableCredentialResponseDto {
  @ApiPropertyOptional()
  format?: string;

  /** A JWT. */
  @ApiPropertyOptional()
  credential_draft_00?: string;
}

/** The nonce that the proof must contain. */
@ApiSchema({ name: 'verifiableCredentialPrimingResponse' })
export class VerifiableCredentialPrimingResponseDto {
  @ApiPropertyOptional()
  error?: string;

  @ApiPropertyOptional()
  error_description?: string;

  /** Never sent. */
  @ApiPropertyOptional()
  error_hint?: string;

  /** Never sent. */
  @ApiPropertyOptional()
  error_debug?: string;

  /** Never sent. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  status_code?: number;

  @ApiPropertyOptional()
  format?: string;

  @ApiPropertyOptional()
  c_nonce?: string;

  /** Seconds. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  c_nonce_expires_in?: number;
}
