import { Injectable } from '@nestjs/common';
import { JsonBodies } from '../../http/json-bodies.js';
import { FlowRequestsEndpoint } from '../flow/flow-requests.endpoint.js';
import { AcceptOAuth2LoginRequestDto } from './accept-login-request.dto.js';
import { LoginRequests } from './login-requests.js';

@Injectable()
export class LoginRequestsEndpoint extends FlowRequestsEndpoint<AcceptOAuth2LoginRequestDto> {
  constructor(requests: LoginRequests, bodies: JsonBodies) {
    super('login', requests, AcceptOAuth2LoginRequestDto, bodies);
  }
}
