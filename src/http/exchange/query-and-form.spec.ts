import { describe, expect, it } from 'vitest';
import type { Exchange } from './exchange.js';
import { FormParams } from './form-params.js';
import { queryAndForm } from './query-and-form.js';

const parametersOf = async (method: string, headers: Record<string, string>): Promise<string> => {
  const exchange = {
    ...{ method, headers },
    query: () => FormParams.parse('a=query&b=query'),
    form: () => Promise.resolve(FormParams.parse('a=body')),
  } as unknown as Exchange;
  return (await queryAndForm(exchange)).toString();
};

describe('the parameters of query and form', () => {
  it.each<Record<string, string>>([{ 'content-length': '6' }, { 'transfer-encoding': 'chunked' }])(
    'of a POST with a body (%j) are those of both, the body first',
    async (headers) => {
      expect(await parametersOf('POST', headers)).toBe('a=body&b=query');
    },
  );

  it.each<[string, Record<string, string>]>([
    ['GET', {}],
    ['GET', { 'content-length': '6' }],
    ['POST', {}],
    ['POST', { 'content-length': '0' }],
  ])('of a %s with %j are those of the query', async (method, headers) => {
    expect(await parametersOf(method, headers)).toBe('a=query&b=query');
  });
});
