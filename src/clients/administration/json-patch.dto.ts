import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ANY_JSON } from '../../http/any-json.js';

/** One operation of a JSON Patch (RFC 6902). */
@ApiSchema({ name: 'jsonPatch' })
export class JsonPatchDto {
  /** `add`, `remove` or `replace`. */
  @ApiProperty({ example: 'replace' })
  op: string;

  /** What it changes, as a JSON Pointer (RFC 6901). */
  @ApiProperty({ example: '/client_name' })
  path: string;

  /** The new value. */
  @ApiPropertyOptional({ ...ANY_JSON, example: 'My app' })
  value?: unknown;

  /** Of the operations move and copy, which are not taken here. */
  @ApiPropertyOptional({ example: '/name' })
  from?: string;
}
