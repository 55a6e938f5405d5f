import { StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Express, type Response } from 'express';
import { jsonReply, respond } from '../replies/replies.js';
import { Reply } from '../replies/reply.js';

/**
 * Nest on Express, as the listeners need it: `NestFactory.create(AppModule, adapter, { bodyParser: false })`. Express
 * computes no entity tags, sends no name of its own and parses queries as flat parameters. A `Reply` that a controller
 * returns is written unchanged; any other document is written by our JSON serializer, which keeps the digits of large
 * integers.
 */
export class HttpAdapter extends ExpressAdapter {
  constructor() {
    super(flatExpress());
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const isDocument = typeof body === 'object' && body !== null && !(body instanceof StreamableFile);
    if (!isDocument) return super.reply(response, body, statusCode);
    respond(response, body instanceof Reply ? body : jsonReply(statusCode ?? response.statusCode, body));
    return response;
  }
}

function flatExpress(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Paths are case-sensitive (RFC 3986 §6.2.2.1): rules of the listeners for a path, such as hidden or limited, then hold for
  // its route.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', false);
  return app;
}
