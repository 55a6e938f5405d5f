import { redirectReply } from '../../../http/replies/replies.js';
import { encodeParameters, type PlainModeWriter, type ResponseParameters } from './response-mode.js';

/** RFC 6749 §4.1.2: in the query. The query of the redirect URI stays (§3.1.2). */
export const query: PlainModeWriter = {
  name: 'query',
  write(redirectUri, parameters) {
    const [address = '', own = ''] = splitAtFirst(redirectUri, '?');
    const all = [...kept(own, parameters), encodeParameters(parameters)].join('&');
    return redirectReply(303, `${address}?${all}`);
  },
};

/** The unchanged query pairs of the redirect URI, without those that have the name of a response parameter. */
function kept(own: string, parameters: ResponseParameters): string[] {
  return own.split('&').filter((pair) => {
    const [name] = new URLSearchParams(pair).keys();
    return name !== undefined && !Object.hasOwn(parameters, name);
  });
}

function splitAtFirst(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
