import type { IncomingMessage } from 'node:http';
import { type ExecutionContext, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import type { Exchange, ListenerName } from '../exchange/exchange.js';
import { attachExchange } from '../exchange/http-exchange.js';
import { ListenerGuard } from './listener.guard.js';

describe('the guard of the listeners', () => {
  const open = (listener: ListenerName, route: string): boolean => {
    const request = { route: { path: route } } as unknown as IncomingMessage;
    attachExchange({ request, listener, path: '/a-spelling-that-nobody-foresaw' } as unknown as Exchange);
    const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
    return new ListenerGuard().canActivate(context);
  };

  it('opens no administration route on the public listener, however its path was spelt', () => {
    for (const route of ['/admin/clients', '/admin/clients/:id', '/version'])
      expect(() => open('public', route), route).toThrow(NotFoundException);
  });

  it('opens public routes there, and administration on its own listener', () => {
    expect(open('public', '/oauth2/register')).toBe(true);
    expect(open('admin', '/admin/clients/:id')).toBe(true);
  });
});
