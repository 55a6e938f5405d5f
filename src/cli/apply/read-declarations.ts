/** From documents to declarations. Documents for Kubernetes alone that lie in the same folder are passed over. */
import { CommandFailed } from '../command-failed.js';
import { type Declaration, specOf, textOf } from './declaration.js';
import { KINDS } from './kinds/index.js';
import { isOperators, isSecret, operatorsClient } from './operator-clients.js';
import { type FoundDocument, readDocuments } from './read-documents.js';

export const API_VERSION = 'ostiary/v1';

export interface Declarations {
  declared: Declaration[];
  /** Descriptions of documents that were passed over. */
  passedOver: string[];
}

/** @throws CommandFailed where a document is not understood */
export async function readDeclarations(paths: readonly string[]): Promise<Declarations> {
  const found = await readDocuments(paths);
  const secrets = found.filter(({ document }) => isSecret(document)).map(({ document }) => document);
  const passedOver: string[] = [];
  const declared = found.flatMap((one): Declaration[] => {
    const { document, ...at } = one;
    if (isSecret(document)) return [];
    if (isOperators(document)) return [operatorsClient(one, secrets)];
    if (isForOthers(one)) {
      passedOver.push(`${at.where}: ${textOf(document.apiVersion)} ${textOf(document.kind)}`);
      return [];
    }
    return [{ kind: kindOf(one), ...at, spec: specOf(document, at.where) }];
  });
  return { declared, passedOver };
}

function isForOthers({ document: { apiVersion } }: FoundDocument): boolean {
  return typeof apiVersion === 'string' && apiVersion !== API_VERSION;
}

function kindOf({ document: { apiVersion, kind }, where }: FoundDocument): string {
  if (apiVersion === API_VERSION && typeof kind === 'string' && KINDS.has(kind)) return kind;
  throw new CommandFailed(
    `${where}: write apiVersion: ${API_VERSION} and as kind one of ${[...KINDS.keys()].join(', ')}.`,
  );
}
