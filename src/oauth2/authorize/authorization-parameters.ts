/** The parameters of the authorization endpoint. The readers refuse nothing: that is the task of the ordered checks. */
import {
  type ParameterReader,
  type Parsed,
  resourceParameter,
  textParameter,
  wordsParameter,
} from '../../http/exchange/declared-parameters.js';
import { parseAudience } from '../../protocol/audience.js';
import { parseResponseType } from '../../protocol/response-type.js';

const responseTypeParameter: ParameterReader<string[]> = (sent, name) => parseResponseType(sent.first(name));
/** The parameter `audience` of Hydra, which may be repeated. */
const audiencesParameter: ParameterReader<string[]> = (sent, name) => parseAudience(sent.all(name));

export const AUTHORIZATION_PARAMETERS = {
  // RFC 6749 §4.1.1, RFC 7636 §4.3, OAuth 2.0 Multiple Response Type Encoding Practices §2.1
  response_type: responseTypeParameter,
  response_mode: textParameter,
  redirect_uri: textParameter,
  scope: wordsParameter,
  audience: audiencesParameter,
  resource: resourceParameter, // RFC 8707 §2.1
  state: textParameter,
  code_challenge: textParameter,
  code_challenge_method: textParameter,
  dpop_jkt: textParameter, // RFC 9449 §10
  // OpenID Connect Core §3.1.2.1, and `identity_schema` of Hydra
  nonce: textParameter,
  prompt: textParameter,
  max_age: textParameter,
  acr_values: textParameter,
  ui_locales: textParameter,
  display: textParameter,
  login_hint: textParameter,
  identity_schema: textParameter,
  id_token_hint: textParameter,
  registration: textParameter,
  authorization_details: textParameter, // RFC 9396 §2
  claims: textParameter,
};

export type AuthorizationParameters = Parsed<typeof AUTHORIZATION_PARAMETERS>;
