import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Reply } from '../../http/exchange.js';
import { jsonReply } from '../../http/replies.js';
import type { Answered } from './flow-requests.js';

@ApiSchema({ name: 'oAuth2RedirectTo' })
export class OAuth2RedirectToDto {
  /** Where to send the browser. */
  @ApiProperty()
  redirect_to: string;
}

/** 200 with the way on, or 410 with the way back to the beginning. */
export function redirectToReply({ kind, redirectTo }: Answered): Reply {
  return jsonReply(kind === 'gone' ? 410 : 200, { redirect_to: redirectTo } satisfies OAuth2RedirectToDto);
}
