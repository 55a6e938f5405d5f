/** Parses a form: `application/x-www-form-urlencoded`, or `multipart/form-data` without files (RFC 7578). */
import { isUtf8 } from 'node:buffer';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { faultOfEncoded } from './encoded-text.js';
import { FormParams, MAX_PARAMETERS } from './form-params.js';
import { utf8Text } from './request-body.js';

const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/** @throws OAuthError invalid_request (400) with a hint that says how to send a form. */
export async function parseForm(contentType: string | undefined, bytes: Buffer): Promise<FormParams> {
  if (bytes.length === 0) {
    throw invalidRequest(`The body of the request is empty: send the parameters in it as ${URLENCODED}.`);
  }
  const [mediaType = ''] = (contentType ?? '').toLowerCase().split(';', 1);
  switch (mediaType.trim()) {
    case URLENCODED:
      return parseUrlencoded(utf8Text(bytes));
    case MULTIPART:
      return parseMultipart(contentType ?? '', bytes);
    default:
      throw invalidRequest(`Send the parameters as ${URLENCODED}, and say so in the Content-Type header.`);
  }
}

function parseUrlencoded(text: string): FormParams {
  const fault = faultOfEncoded(text);
  if (fault) throw invalidRequest(`The form in the body cannot be read. ${fault}`);
  return FormParams.parse(text);
}

async function parseMultipart(contentType: string, bytes: Buffer): Promise<FormParams> {
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw invalidRequest('The form must be UTF-8 without NUL characters and without files.');
  }
  return new FormParams(await partsOf(contentType, bytes));
}

/** The callbacks of the parser must not throw: nothing catches the error there, and the process would end. */
function partsOf(contentType: string, bytes: Buffer): Promise<[string, string][]> {
  return new Promise((resolve, reject) => {
    const refuse = (hint: string): void => {
      reject(invalidRequest(hint));
    };
    const pairs: [string, string][] = [];
    const parser = multipartParser(contentType, bytes.length);
    if (!parser) {
      refuse('The Content-Type of a multipart form must name its boundary.');
      return;
    }
    parser.on('field', (name: string | undefined, value) => {
      if (name === undefined)
        refuse('Each part of the form must have a name.'); // RFC 7578 §4.2
      else pairs.push([name, value]);
    });
    parser.on('file', (_name, stream) => {
      stream.on('error', () => undefined).resume(); // otherwise a broken file would end the process
      refuse('The form must not contain files.');
    });
    parser.on('partsLimit', () => {
      refuse(`The form must not have more than ${MAX_PARAMETERS} parts.`);
    });
    parser.on('error', () => {
      refuse('The multipart form is malformed.');
    });
    parser.on('finish', () => {
      resolve(pairs);
    });
    parser.end(bytes);
  });
}

/**
 * Undefined where the header is unusable. The whole body is bounded already, so a field needs no limit of its own. The buffer
 * of a part holds all of it, because the parser would wait for ever for a reader of a long part that it skips.
 */
function multipartParser(contentType: string, size: number): BusboyInstance | undefined {
  const headers: BusboyHeaders = { 'content-type': contentType };
  try {
    return new Busboy({
      headers,
      fileHwm: size + 1,
      limits: { parts: MAX_PARAMETERS, fieldSize: size, fieldNameSize: size },
    });
  } catch {
    return undefined;
  }
}
