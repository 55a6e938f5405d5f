import { describe, expect, it } from 'vitest';
import { fromFlowError } from '../flow/flow-error.js';
import { rejectionOf } from './reject-request.dto.js';

const told = (dto: Parameters<typeof rejectionOf>[1]) => fromFlowError(rejectionOf('login', dto).error);

describe('the rejection of an app', () => {
  it('reaches the client with nothing added to the description but the hint', () => {
    const error = told({ error: 'account_locked', error_description: 'too many tries', error_hint: 'call us' });
    expect(error.toParameters()).toEqual({ error: 'account_locked', error_description: 'too many tries call us' });
  });

  it('has the words of Hydra if the app sends no error', () => {
    expect(told({})).toMatchObject({ code: 'login request denied', status: 400 });
  });

  it.each([
    [403, 403],
    [500, 500],
    [200, 400],
    [302, 400],
    [0, 400],
    [99999, 400],
  ])('answers with status %i as %i', (status_code, status) => {
    expect(told({ status_code }).status).toBe(status);
  });

  it('does not reveal error_debug to the client', () => {
    const error = told({ error: 'access_denied', error_debug: 'row 7' });
    expect(JSON.stringify(error.toParameters())).not.toContain('row 7');
    expect(error.cause).toBe('row 7');
  });
});
