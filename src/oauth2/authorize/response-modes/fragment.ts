import { redirectReply } from '../../../http/replies/replies.js';
import { encodeParameters, type PlainModeWriter } from './response-mode.js';

/** RFC 6749 §4.2.2: in the fragment, which only the browser sees. A redirect URI has no fragment of its own. */
export const fragment: PlainModeWriter = {
  name: 'fragment',
  write(redirectUri, parameters) {
    return redirectReply(303, `${redirectUri}#${encodeParameters(parameters)}`);
  },
};
