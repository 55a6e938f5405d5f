import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ANY_JSON } from '../../http/replies/any-json.js';

/** One operation of a JSON Patch (RFC 6902). */
@ApiSchema({ name: 'jsonPatch' })
export class JsonPatchDto {
  /** `add`, `remove` or `replace`. */
  @ApiProperty({ example: 'replace' })
  op: string;

  /** The member to change, as a JSON Pointer (RFC 6901). */
  @ApiProperty({ example: '/client_name' })
  path: string;

  /** The new value. */
  @ApiPropertyOptional({ ...ANY_JSON, example: 'My app' })
  value?: unknown;

  /** Belongs to the operations move and copy, which this server refuses. */
  @ApiPropertyOptional({ example: '/name' })
  from?: string;
}
