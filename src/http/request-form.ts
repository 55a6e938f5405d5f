/** The form in a request body: `application/x-www-form-urlencoded`, or `multipart/form-data` without files (RFC 7578). */
import { isUtf8 } from 'node:buffer';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { invalidRequest } from '../protocol/oauth-error.js';
import { faultOfEncoded } from './encoded-text.js';
import { FormParams } from './form-params.js';
import { utf8Text } from './request-body.js';

const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';
const MAX_PARTS = 1_000;

/** @throws OAuthError invalid_request (400) with a hint that says how a form is sent. */
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

function parseMultipart(contentType: string, bytes: Buffer): Promise<FormParams> {
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw invalidRequest('The form must be UTF-8 without NUL characters and without files.');
  }
  return new Promise((resolve, reject) => {
    const refuse = (hint: string): void => {
      reject(invalidRequest(hint));
    };
    const params = new URLSearchParams();
    const parser = multipartParser(contentType, bytes.length);
    if (!parser) {
      refuse('The Content-Type of a multipart form must name its boundary.');
      return;
    }
    parser.on('field', (name, value) => {
      params.append(name, value);
    });
    parser.on('file', (_name, stream) => {
      stream.on('error', () => undefined).resume(); // a broken file would end the process otherwise
      refuse('The form must not contain files.');
    });
    parser.on('partsLimit', () => {
      refuse(`The form must not have more than ${MAX_PARTS} parts.`);
    });
    parser.on('error', () => {
      refuse('The multipart form is malformed.');
    });
    parser.on('finish', () => {
      resolve(new FormParams(params));
    });
    parser.end(bytes);
  });
}

/** Undefined where the header is unusable. The whole body is bounded already, so no field needs a limit of its own. */
function multipartParser(contentType: string, size: number): BusboyInstance | undefined {
  const headers: BusboyHeaders = { 'content-type': contentType };
  try {
    return new Busboy({ headers, limits: { parts: MAX_PARTS, fieldSize: size, fieldNameSize: size } });
  } catch {
    return undefined;
  }
}
