import { describe, expect, it } from 'vitest';
import { FormParams } from '../../http/exchange/form-params.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { consentSelectionOf } from './consent-selection.js';

const selected = (query: string) => consentSelectionOf(FormParams.parse(query));
const UUID = '0195a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

describe('consentSelectionOf', () => {
  it.each([
    ['subject=alice&client=shop', { subject: 'alice', clientId: 'shop' }],
    ['subject=alice&all=true', { subject: 'alice', clientId: undefined }],
    [`consent_request_id=${UUID.replaceAll('-', '')}`, { id: UUID }],
    [`consent_request_id=${UUID}&all=true`, { id: UUID }],
    ['consent_request_id=nope', undefined],
  ])('%s', (query, selection) => {
    expect(selected(query)).toEqual(selection);
  });

  it.each([
    '',
    'subject=alice',
    'client=shop',
    'all=true',
    'subject=alice&all=1',
    'subject=alice&client=shop&all=true',
    `subject=alice&consent_request_id=${UUID}`,
    `client=shop&consent_request_id=${UUID}`,
  ])('refuses %j, so that nobody revokes too much by mistake', (query) => {
    expect(() => selected(query)).toThrow(OAuthError);
  });
});
