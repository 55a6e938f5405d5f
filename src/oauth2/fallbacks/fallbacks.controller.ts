import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { languageFor } from '../../http/replies/page-language.js';
import { htmlReply, noStore } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { errorPage, type FallbackName, fallbackPage } from './fallback-pages.js';

@ApiExcludeController()
@Controller('oauth2/fallbacks')
export class FallbacksController {
  @Get('login')
  login(@HttpExchange() exchange: Exchange): Reply {
    return show('login', exchange);
  }

  @Get('consent')
  consent(@HttpExchange() exchange: Exchange): Reply {
    return show('consent', exchange);
  }

  @Get('logout')
  logout(@HttpExchange() exchange: Exchange): Reply {
    return show('logout', exchange);
  }

  @Get('logout/callback')
  loggedOut(@HttpExchange() exchange: Exchange): Reply {
    return show('logout/callback', exchange);
  }

  @Get('device')
  device(@HttpExchange() exchange: Exchange): Reply {
    return show('device', exchange);
  }

  @Get('device/done')
  deviceDone(@HttpExchange() exchange: Exchange): Reply {
    return show('device/done', exchange);
  }

  /** The status is that of an error, as in Hydra. */
  @Get('error')
  error(@HttpExchange() exchange: Exchange): Reply {
    return noStore(htmlReply(500, errorPage(exchange.query(), languageFor(exchange))));
  }
}

function show(name: FallbackName, exchange: Exchange): Reply {
  return noStore(htmlReply(200, fallbackPage(name, languageFor(exchange))));
}
