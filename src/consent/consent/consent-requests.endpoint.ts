import { Injectable } from '@nestjs/common';
import { JsonBodies } from '../../http/json-bodies.js';
import { FlowRequestsEndpoint } from '../flow/flow-requests.endpoint.js';
import { AcceptOAuth2ConsentRequestDto } from './accept-consent-request.dto.js';
import { ConsentRequests } from './consent-requests.js';

@Injectable()
export class ConsentRequestsEndpoint extends FlowRequestsEndpoint<AcceptOAuth2ConsentRequestDto> {
  constructor(requests: ConsentRequests, bodies: JsonBodies) {
    super('consent', requests, AcceptOAuth2ConsentRequestDto, bodies);
  }
}
