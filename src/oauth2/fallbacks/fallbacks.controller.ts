import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { textsFor } from '../../http/languages/page-language.js';
import { htmlReply, noStore, respond } from '../../http/replies.js';
import { errorPage, type FallbackName, fallbackPage } from './fallback-pages.js';

@ApiExcludeController()
@Controller('oauth2/fallbacks')
export class FallbacksController {
  @Get('login')
  login(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    show(response, exchange, 'login');
  }

  @Get('consent')
  consent(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    show(response, exchange, 'consent');
  }

  @Get('logout')
  logout(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    show(response, exchange, 'logout');
  }

  @Get('logout/callback')
  loggedOut(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    show(response, exchange, 'logout/callback');
  }

  @Get('device')
  device(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    show(response, exchange, 'device');
  }

  @Get('device/done')
  deviceDone(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    show(response, exchange, 'device/done');
  }

  /** Its status says that it shows a fault, as the reference's does. */
  @Get('error')
  error(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    respond(response, noStore(htmlReply(500, errorPage(exchange.query(), textsFor(exchange)))));
  }
}

function show(response: Response, exchange: Exchange, name: FallbackName): void {
  respond(response, noStore(htmlReply(200, fallbackPage(name, textsFor(exchange)))));
}
