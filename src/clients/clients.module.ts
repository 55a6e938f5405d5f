/**
 * Registered clients: their administration, their self-registration, the rules for their documents, and client
 * authentication. This module owns the table client.
 *
 * It must not know what an authenticated client requests: grants, tokens and consents belong to the modules after it. Secrets
 * leave it only in the answer that sets them; hashes never do.
 */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ReadinessChecksModule } from '../health/readiness-checks.module.js';
import { JwtModule } from '../jwt/jwt.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { ClientAdministration } from './administration/client-administration.service.js';
import { ClientSecretsController } from './administration/client-secrets.controller.js';
import { ClientsController } from './administration/clients.controller.js';
import { SecretRotation } from './administration/secret-rotation.service.js';
import type { AuthenticationMethod } from './authentication/authentication-method.js';
import { ClientAuthentication } from './authentication/client-authentication.js';
import { CurrentClient } from './authentication/current-client.js';
import { METHOD_CLASSES, METHOD_LIST, REGISTERED_METHOD_CLASSES } from './authentication/methods.js';
import { REGISTERED_METHODS, type RegisteredMethod } from './authentication/registered-method.js';
import { SecretAuthentication } from './authentication/secret-authentication.js';
import { CertificateAuthorities } from './certificates/certificate-authorities.js';
import { ClientCertificates } from './certificates/client-certificates.js';
import { ClientEntity } from './client.entity.js';
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
import { DocumentFetches } from './metadata-documents/document-fetches.js';
import { DocumentPace } from './metadata-documents/document-pace.js';
import { DocumentRows } from './metadata-documents/document-rows.js';
import { IdentityChanges } from './metadata-documents/identity-changes.js';
import { MetadataDocuments } from './metadata-documents/metadata-documents.service.js';
import { RegisteredOrigins } from './registered-origins.js';
import { RequestPace } from './request-pace.js';
import { ResponseEncryption } from './response-encryption.js';
import { ProfileKeysCheck } from './security-profile/profile-keys-check.js';
import { ResponseAlgorithms } from './security-profile/response-algorithms.js';
import { UnchangedClient } from './unchanged-client.js';
import { UsedAssertions } from './used-assertions.js';

const registeredMethods = {
  provide: REGISTERED_METHODS,
  useFactory: (...methods: RegisteredMethod[]): RegisteredMethod[] => methods,
  inject: REGISTERED_METHOD_CLASSES,
};

const methodList = {
  provide: METHOD_LIST,
  useFactory: (...methods: AuthenticationMethod[]): AuthenticationMethod[] => methods,
  inject: METHOD_CLASSES,
};

@Module({
  imports: [TypeOrmModule.forFeature([ClientEntity]), JwtModule, KeysModule, ReadinessChecksModule],
  controllers: [ClientsController, ClientSecretsController, RegistrationController],
  providers: [
    ...[ClientStore, ClientsService, ClientWriter, ClientSecrets, ClientRegistration, RegistrationRules],
    ...[ClientAdministration, SecretRotation, DynamicRegistration],
    ...[ClientKeys, ResponseEncryption, RegisteredOrigins, UnchangedClient, UsedAssertions],
    ...[ResponseAlgorithms, ProfileKeysCheck],
    ...[
      ClientCacheMetrics,
      RequestPace,
      ClientAuthentication,
      SecretAuthentication,
      CurrentClient,
      ...METHOD_CLASSES,
      methodList,
      ...REGISTERED_METHOD_CLASSES,
      registeredMethods,
    ],
    ...[CertificateAuthorities, ClientCertificates],
    ...[DocumentFetches, DocumentPace, DocumentRows, IdentityChanges, MetadataDocuments],
  ],
  exports: [
    ClientsService,
    ClientAuthentication,
    ClientKeys,
    ResponseEncryption,
    RegisteredOrigins,
    UnchangedClient,
    UsedAssertions,
    ResponseAlgorithms,
    ...[IdentityChanges, MetadataDocuments],
  ],
})
export class ClientsModule {}
