import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { EndedSession } from '../sessions/login-sessions.js';
import { frontChannelUrl } from './logout-url.js';

/** The front-channel logout URLs of a session (OpenID Connect Front-Channel Logout §2). */
@Injectable()
export class FrontChannel {
  constructor(
    private readonly clients: ClientsService,
    private readonly config: ConfigHolder,
  ) {}

  /** The URLs of the clients of the session, with `iss` and `sid`. */
  async frames({ id, clientIds }: EndedSession): Promise<string[]> {
    const clients = await Promise.all(clientIds.map((clientId) => this.clients.cached(clientId)));
    const uris = clients.map((client) => client?.metadata.frontchannel_logout_uri).filter((uri) => uri !== undefined);
    const { issuer } = this.config.current.urls.self;
    return uris.filter(isWebAddress).map((uri) => frontChannelUrl(uri, issuer, id));
  }
}

/** A URL of another scheme would run or show something on a page of this server. */
function isWebAddress(uri: string): boolean {
  return URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol);
}
