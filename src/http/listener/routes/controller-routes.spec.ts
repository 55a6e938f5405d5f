import {
  Controller,
  Get,
  Header,
  Headers,
  Param,
  ParseUUIDPipe,
  Post,
  Put,
  Redirect,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { controllerRoutes, type Replying } from './controller-routes.js';
import type { Exchange } from '../../exchange/exchange.js';
import { HttpExchange } from '../../exchange/http-exchange.js';
import { ListenerGuard } from '../listener.guard.js';
import { Reply } from '../../replies/reply.js';
import { OnBothListeners } from './route-places.js';

@Controller('admin/notes')
class Notes {
  readonly mark = 'kept';

  @Get()
  list(): Reply {
    return new Reply(200, {}, this.mark);
  }

  @Put(':id')
  replace(@Param('id') id: string, @HttpExchange() { requestId }: Exchange): Reply {
    return new Reply(200, {}, `${id} ${requestId}`);
  }

  @Get(':id/parts')
  parts(@Param('id') id: string): Reply {
    return new Reply(200, {}, id);
  }

  @Post('guarded')
  @UseGuards(ListenerGuard)
  guarded(): Reply {
    return new Reply(200);
  }

  @Post('named')
  named(@Headers('authorization') name: string): Reply {
    return new Reply(200, {}, name);
  }

  @Post('headed')
  @Header('x-note', 'one')
  headed(): Reply {
    return new Reply(200);
  }

  @Get('checked/:id')
  checked(@Param('id', ParseUUIDPipe) id: string): Reply {
    return new Reply(200, {}, id);
  }

  @Get('piped/:id')
  @UsePipes(ParseUUIDPipe)
  piped(@Param('id') id: string): Reply {
    return new Reply(200, {}, id);
  }

  @Post('second')
  second(_first: string, @HttpExchange() { requestId }: Exchange): Reply {
    return new Reply(200, {}, requestId);
  }

  @Get('moved')
  @Redirect('https://app.example', 302)
  moved(): Reply {
    return new Reply(200);
  }
}

/** Its pipe validates bodies, which a hot route reads from its exchange. */
@Controller('admin/books')
@UsePipes(new ValidationPipe())
class Books {
  @Get(':id')
  get(@Param('id') id: string): Reply {
    return new Reply(200, {}, id);
  }
}

@Controller({ path: 'admin/films', host: 'films.example' })
class Films {
  @Get()
  get(): Reply {
    return new Reply(200);
  }
}

@Controller(['one', 'two'])
@OnBothListeners()
class Twice {
  @Get()
  get(): Reply {
    return new Reply(200);
  }
}

const notes = (name: Replying<Notes>) => controllerRoutes(Notes, name, new Notes());

describe('hot routes of a controller', () => {
  it('are where the decorators of the controller say', () => {
    expect(notes('list')).toMatchObject([{ listener: 'admin', method: 'GET', path: '/admin/notes' }]);
    expect(notes('replace')).toMatchObject([{ listener: 'admin', method: 'PUT', path: '/admin/notes/{param}' }]);
  });

  it('are on both listeners where the controller is', () => {
    expect(controllerRoutes(Twice, 'get', new Twice()).map(({ listener, path }) => [listener, path])).toEqual([
      ['public', '/one'],
      ['admin', '/admin/one'],
      ['public', '/two'],
      ['admin', '/admin/two'],
    ]);
  });

  it('call the method of the instance with the exchange and the last segment of the path', async () => {
    const exchange = { path: '/admin/notes/n1', requestId: 'r1' } as Exchange;
    expect(await notes('replace')[0]?.endpoint(exchange)).toEqual(new Reply(200, {}, 'n1 r1'));
    expect(await notes('list')[0]?.endpoint(exchange)).toEqual(new Reply(200, {}, 'kept'));
  });

  it.each(['guarded', 'named', 'headed', 'parts', 'checked', 'piped', 'second', 'moved'] as const)(
    'are refused where Nest would add something around the method: %s',
    (name) => {
      expect(() => notes(name)).toThrow(`Notes.${name} cannot be a hot route`);
    },
  );

  it('are refused where the controller is for one host only', () => {
    expect(() => controllerRoutes(Films, 'get', new Films())).toThrow('Films.get cannot be a hot route');
  });

  it('may belong to a controller that validates its bodies', () => {
    expect(controllerRoutes(Books, 'get', new Books())).toMatchObject([{ path: '/admin/books/{param}' }]);
  });
});
