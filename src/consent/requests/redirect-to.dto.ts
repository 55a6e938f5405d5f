import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Reply } from '../../http/replies/reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Answered, Gone } from './flow-requests.js';

@ApiSchema({ name: 'oAuth2RedirectTo' })
export class OAuth2RedirectToDto {
  /** The URL to redirect the browser to. */
  @ApiProperty()
  redirect_to: string;
}

/** 200 with the URL of the next step, or 410 with the URL of the original request. */
export function redirectToReply({ kind, redirectTo }: Answered): Reply {
  return jsonReply(kind === 'gone' ? 410 : 200, { redirect_to: redirectTo } satisfies OAuth2RedirectToDto);
}

/** 200 with the document of an open request, or 410 with the URL of the original request. */
export function requestReply(found: { kind: 'open'; document: object } | Gone): Reply {
  return found.kind === 'gone' ? redirectToReply(found) : jsonReply(200, found.document);
}
