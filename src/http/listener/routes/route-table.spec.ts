import { Controller, Delete, Get, Module, Post } from '@nestjs/common';
import { DiscoveryModule, NestFactory, Reflector } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../../../config/config-holder.js';
import { RouteTable } from './route-table.js';
import { SwitchedOn } from './switched-on.js';

const Marked = Reflector.createDecorator<string>();

@Controller('oauth2/notes')
@Marked('class')
class Notes {
  @Post()
  create(): void {
    // only its place counts here
  }

  @Delete(':id')
  @Marked('method')
  remove(): void {
    // only its place counts here
  }

  @Get(':id/parts/:part')
  part(): void {
    // only its place counts here
  }
}

@Controller('version')
@Marked('version')
class Version {
  @Get()
  get(): void {
    // only its place counts here
  }
}

@Controller('others')
class Others {
  @Get(':id')
  get(): void {
    // only its place counts here
  }
}

@Controller('switched')
@Marked('switched')
@SwitchedOn(({ dev }) => dev)
class Switched {
  @Get()
  get(): void {
    // only its place counts here
  }
}

const config = { current: { dev: true } };

@Module({
  imports: [DiscoveryModule],
  controllers: [Notes, Version, Others, Switched],
  providers: [RouteTable, { provide: ConfigHolder, useValue: config }],
})
class Rooms {}

describe('the table of routes', () => {
  let app: Awaited<ReturnType<typeof NestFactory.createApplicationContext>>;
  beforeAll(async () => {
    app = await NestFactory.createApplicationContext(Rooms, { logger: false });
  });
  afterAll(() => app.close());

  it.each([
    ['/oauth2/notes', 'class'],
    ['/oauth2/notes/n1', 'method'],
    ['/oauth2/notes/%6E1', 'method'],
    ['/oauth2/notes/n1/parts/p.2', 'class'],
    ['/oauth2/notes/', undefined],
    ['/oauth2/notes/n1/parts', undefined],
    ['/oauth2/notes/n1/parts/p/2', undefined],
    ['/others/n1', undefined],
    ['/oauth2/NOTES', undefined],
  ])('finds what a decorator says at %s', (path, value) => {
    expect(app.get(RouteTable).find(Marked, 'public', path)).toBe(value);
    expect(app.get(RouteTable).find(Marked, 'admin', path)).toBeUndefined();
  });

  it('knows the administration routes whose path has no prefix', () => {
    expect(app.get(RouteTable).find(Marked, 'admin', '/version')).toBe('version');
    expect(app.get(RouteTable).find(Marked, 'public', '/version')).toBeUndefined();
  });

  it('finds nothing at a route that the configuration switches off', () => {
    expect(app.get(RouteTable).find(Marked, 'public', '/switched')).toBe('switched');
    config.current = { dev: false };
    expect(app.get(RouteTable).find(Marked, 'public', '/switched')).toBeUndefined();
    expect(app.get(RouteTable).find(Marked, 'public', '/oauth2/notes')).toBe('class');
  });
});
