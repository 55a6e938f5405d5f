/**
 * Registered clients: their administration, their registration by themselves, the rules that a client must keep, and how
 * a client proves at an endpoint who it is. It owns the table client.
 *
 * It must not know what a client asks for once it is authenticated: grants, tokens and consents belong to the rooms
 * after it. Secrets leave it in the one answer that sets them; hashes never do.
 */
import { Module } from '@nestjs/common';
import { ClientAdministration } from './administration/client-administration.service.js';
import { ClientSecretsController } from './administration/client-secrets.controller.js';
import { ClientsController } from './administration/clients.controller.js';
import { ClientsEndpoint } from './administration/clients.endpoint.js';
import { SecretRotation } from './administration/secret-rotation.service.js';
import type { AuthenticationMethod } from './authentication/authentication-method.js';
import { ClientAuthentication } from './authentication/client-authentication.js';
import { CurrentClient } from './authentication/current-client.js';
import { METHOD_CLASSES, METHOD_LIST } from './authentication/methods.js';
import { SecretAuthentication } from './authentication/secret-authentication.js';
import { ClientCacheMetrics } from './client-cache-metrics.js';
import { ClientKeys } from './client-keys.js';
import { ClientRegistration } from './client-registration.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientStore } from './client-store.js';
import { ClientWriter } from './client-writer.js';
import { ClientsService } from './clients.service.js';
import { DynamicRegistration } from './registration/dynamic-registration.service.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationRules } from './registration-rules/registration-rules.js';
import { RemoteKeySets } from './remote-key-sets.js';
import { RequestPace } from './request-pace.js';

const methodList = {
  provide: METHOD_LIST,
  useFactory: (...methods: AuthenticationMethod[]): AuthenticationMethod[] => methods,
  inject: METHOD_CLASSES,
};

@Module({
  controllers: [ClientsController, ClientSecretsController, RegistrationController],
  providers: [
    ...[ClientStore, ClientsService, ClientWriter, ClientSecrets, ClientRegistration, RegistrationRules],
    ...[ClientAdministration, SecretRotation, ClientsEndpoint, DynamicRegistration],
    ...[RemoteKeySets, ClientKeys],
    ...[
      ClientCacheMetrics,
      RequestPace,
      ClientAuthentication,
      SecretAuthentication,
      CurrentClient,
      ...METHOD_CLASSES,
      methodList,
    ],
  ],
  exports: [ClientsService, ClientAuthentication, ClientKeys],
})
export class ClientsModule {}
