import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { FormParams } from '../../http/exchange/form-params.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { readParameters } from './read-parameters.js';

const configuration = (base = 'https://id.example') =>
  ({ limits: { authorize_query: 40 }, urls: { self: { public: base } } }) as unknown as Configuration;

function exchange(method: string, rawQuery: string, body?: string): Exchange {
  return {
    method,
    rawQuery,
    headers: body === undefined ? {} : { 'content-length': String(body.length) },
    query: () => FormParams.parse(rawQuery),
    form: () => (body ? Promise.resolve(FormParams.parse(body)) : Promise.reject(invalidRequest('The body is empty.'))),
  } as unknown as Exchange;
}

describe('the address under which a request is repeated', () => {
  it.each(['GET', 'HEAD'])('is the unchanged address of a %s', async (method) => {
    const received = await readParameters(exchange(method, 'a=%7e&b=x+y&b=2&&c'), configuration());
    expect(received.requestUrl).toBe('https://id.example/oauth2/auth?a=%7e&b=x+y&b=2&&c');
    expect(received.parameters.all('b')).toEqual(['x y', '2']);
  });

  it('contains body and query of a POST, the body first', async () => {
    const received = await readParameters(exchange('POST', 'a=query&c=3', 'a=body&b=x%20y&b=2'), configuration());
    expect(received.requestUrl).toBe('https://id.example/oauth2/auth?a=body&b=x+y&b=2&c=3');
    expect(received.parameters.first('a')).toBe('body');
  });

  it.each([undefined, ''])('is the query of a POST without body (%j)', async (body) => {
    const received = await readParameters(exchange('POST', 'a=1', body), configuration());
    expect(received.requestUrl).toBe('https://id.example/oauth2/auth?a=1');
  });

  it.each(['https://id.example/', 'https://id.example/base//'])('is below the public address %s', async (base) => {
    const { requestUrl } = await readParameters(exchange('GET', 'a=1'), configuration(base));
    expect(requestUrl).toBe(`${base.replace(/\/+$/, '')}/oauth2/auth?a=1`);
  });
});

describe('a parameter that decides the address of the response', () => {
  it.each(['client_id', 'redirect_uri', 'response_mode', 'request', 'request_uri', 'login_verifier'])(
    'is refused where it comes twice (%s), before any address is looked at',
    async (name) => {
      const twice = `${name}=a&${name}=a`;
      const refused = { code: 'invalid_request', status: 400 };
      await expect(readParameters(exchange('GET', twice), configuration())).rejects.toMatchObject(refused);
      await expect(readParameters(exchange('POST', '', twice), configuration())).rejects.toMatchObject(refused);
    },
  );
});

describe('a request that is too large', () => {
  it('is 414 if it is in the address', async () => {
    await expect(readParameters(exchange('GET', 'x'.repeat(41)), configuration())).rejects.toMatchObject({
      status: 414,
    });
    await expect(readParameters(exchange('GET', 'x'.repeat(40)), configuration())).resolves.toBeDefined();
  });

  it('is 413 if it is in the body', async () => {
    await expect(readParameters(exchange('POST', '', `a=${'x'.repeat(39)}`), configuration())).rejects.toMatchObject({
      status: 413,
    });
  });
});
