import { describe, expect, it } from 'vitest';
import { frontChannelReply } from './front-channel-page.js';

describe('the page of front-channel logout', () => {
  it('lets a frame redirect to another origin, and loads only http and https pages', () => {
    const logout = { kind: 'front_channel' as const, frames: ['https://a.example/out'], target: '/bye', cookies: [] };
    const { headers } = frontChannelReply(logout, 'en');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain('frame-src http: https:');
    expect(policy).toContain("default-src 'none'");
  });
});
