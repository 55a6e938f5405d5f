import { Body, Controller, Put, Query, UsePipes } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { OAuth2RedirectToDto } from '../../consent/requests/redirect-to.dto.js';
import { validationPipe } from '../../http/exchange/validation-pipe.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import { AcceptDeviceUserCodeRequestDto } from './device.dto.js';
import { DeviceRequests } from './device-requests.js';

@ApiTags('oAuth2')
@Controller('admin/oauth2/auth/requests/device')
@UsePipes(validationPipe(invalidRequest))
export class DeviceRequestsController {
  constructor(private readonly requests: DeviceRequests) {}

  @Put('accept')
  @ApiOperation({ operationId: 'acceptUserCodeRequest', summary: 'Accepts a device grant user_code request' })
  @ApiQuery({ name: 'device_challenge', type: String, required: true })
  @ApiOkResponse({ type: OAuth2RedirectToDto, description: 'oAuth2RedirectTo' })
  @ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
  async accept(
    @Query('device_challenge') challenge: string | undefined,
    @Query('challenge') alias: string | undefined,
    @Body() body: AcceptDeviceUserCodeRequestDto,
  ): Promise<OAuth2RedirectToDto> {
    const handle = challenge ?? alias;
    if (typeof handle !== 'string' || !handle) throw invalidRequest("Query parameter 'device_challenge' is missing.");
    return { redirect_to: await this.requests.accept(handle, body.user_code, new Date()) };
  }
}
