/**
 * What an import from Hydra has left in this database: its record, and whether tokens and marks of Hydra may still live.
 * This module owns the tables hydra_import and hydra_import_table, which the command `import hydra` writes.
 *
 * It must not know what becomes of a token of Hydra: the modules that accept it do. On a database without an import no
 * request asks the database for anything of Hydra.
 */
import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ReadinessChecksModule } from '../health/readiness-checks.module.js';
import { HydraImportEntity } from './hydra-import.entity.js';
import { HydraImportTableEntity } from './hydra-import-table.entity.js';
import { ImportLedger } from './import-ledger.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([HydraImportEntity, HydraImportTableEntity]), ReadinessChecksModule],
  providers: [ImportLedger],
  exports: [ImportLedger],
})
export class ImportedModule {}
