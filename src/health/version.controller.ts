import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { version } from '../observability/version.js';
import { VersionDto } from './health.dto.js';

@ApiTags('metadata')
@Controller('version')
export class VersionController {
  /** The version of this server. On the administration listener only. */
  @Get()
  @ApiOperation({ operationId: 'getVersion', summary: 'Return Running Software Version.' })
  @ApiOkResponse({ type: VersionDto, description: 'The version.' })
  get(): VersionDto {
    return { version: version() };
  }
}
