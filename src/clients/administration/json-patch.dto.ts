import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

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
  @ApiPropertyOptional({ oneOf: [{}], example: 'My app' }) // no type: any JSON
  value?: unknown;

  /** Of the operations move and copy, which are not taken here. */
  @ApiPropertyOptional({ example: '/name' })
  from?: string;
}
