import { interpolate, type Output } from '@pulumi/pulumi';
import { matchesTable } from '../../src/adapters/aws/dynamodb/tables.ts';
import { viaService } from '../arns.ts';
import type { StackContext } from '../context.ts';
import { noticesCannotBeHidden } from '../functions/noticed-pointer.ts';
import { onCorpora } from '../functions/s3-statements.ts';
import type { FunctionHandles, Statement, StorageHandles } from '../handles.ts';

export interface GithubParts {
  readonly storage: StorageHandles;
  readonly functions: Pick<FunctionHandles, 'batcher'>;
}

/** Rulesets are below it, and nothing else is: src/app/rulesets/ruleset-library.ts. */
const rulesets = 'rulesets/*';

/**
 * What pull requests may do: read rulesets, scans and the names of what there is to scan, and start previews. A preview with rules of their own reads
 * whatever `previews.allowed` lets it: this is read access to the corpus. Not the matches, which have bytes of files from all of it.
 */
export function previewStatements(context: StackContext, { storage, functions }: GithubParts): readonly Statement[] {
  const { tables } = storage;
  return [
    ...reading(context, storage),
    allow('ReadScans', ['dynamodb:BatchGetItem', 'dynamodb:Query'], [tables.scans.arn]),
    allow('AskForPreviews', ['lambda:InvokeFunction'], [functions.batcher.previewAliasArn]),
  ];
}

/** What the main branch may do: sign and store a ruleset, which nobody replaces then, make it the active one, start a retro scan with it, and see what that and its staged rules found. */
export function publishStatements(context: StackContext, { storage, functions }: GithubParts): readonly Statement[] {
  const { artifacts, signingKey } = storage;
  return [
    ...reading(context, storage),
    allow('WriteRulesets', ['s3:PutObject'], [interpolate`${artifacts.arn}/${rulesets}`]),
    {
      ...allow('SignRulesets', ['kms:Sign'], [signingKey.arn]),
      // As src/adapters/aws/kms-signer.ts asks, and in no other way.
      Condition: { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' } },
    },
    ...useOfKey(context, 'EncryptRulesets', ['kms:GenerateDataKey'], artifacts.keyArn, ['s3']),
    ...movingThePointer(storage),
    ...readingMatches(storage),
    allow('StartTheBatcher', ['lambda:InvokeFunction'], [functions.batcher.aliasArn]),
  ];
}

/** What a rollback may do: make an earlier ruleset the active one, and start a retro scan with it. It stores no ruleset, and reads no match. */
export function rollbackStatements(context: StackContext, { storage, functions }: GithubParts): readonly Statement[] {
  return [
    ...planning(context, storage),
    ...movingThePointer(storage),
    allow('StartTheBatcher', ['lambda:InvokeFunction'], [functions.batcher.aliasArn]),
  ];
}

/** Changes the active ruleset, and records retro scans that are started and taken over. */
function movingThePointer({ tables: { scans } }: StorageHandles): readonly Statement[] {
  return [
    allow(
      'MoveThePointerAndStartScans',
      ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].map((each) => `dynamodb:${each}`),
      [scans.arn],
    ),
    noticesCannotBeHidden(scans.arn),
  ];
}

/** What `rules diff`, `retro plan` and `retro status` look at. */
function reading(context: StackContext, storage: StorageHandles): readonly Statement[] {
  const { inventories } = storage;
  return [
    ...planning(context, storage),
    ...(inventories === null
      ? []
      : [
          allow('ReadInventories', ['s3:GetObject'], [interpolate`${inventories.arn}/*`]),
          ...useOfKey(context, 'DecryptInventories', ['kms:Decrypt'], inventories.keyArn, ['s3']),
        ]),
  ];
}

/** What a retro scan is planned with where its files are listed. */
function planning(context: StackContext, storage: StorageHandles): readonly Statement[] {
  const { artifacts, tables, stateKeyArn } = storage;
  return [
    allow('ReadRulesets', ['s3:GetObject'], [interpolate`${artifacts.arn}/${rulesets}`]),
    // They keep versions: this lists them, and reads no file.
    ...onCorpora(storage, 'ListTheCorpus', ['s3:ListBucketVersions']),
    allow('SeeWhatIsCovered', ['dynamodb:BatchGetItem'], [tables.objects.arn]),
    ...useOfKey(context, 'DecryptState', ['kms:Decrypt'], stateKeyArn, ['dynamodb', 's3']),
  ];
}

function readingMatches({ tables: { matches } }: StorageHandles): readonly Statement[] {
  return [
    allow('ReadMatches', ['dynamodb:BatchGetItem', 'dynamodb:Query'], [matches.arn]),
    allow(
      'FindMatches',
      ['dynamodb:Query'],
      matchesTable.indexes.map(({ name }) => interpolate`${matches.arn}/index/${name}`),
    ),
  ];
}

function allow(sid: string, actions: readonly string[], resources: readonly Output<string>[]): Statement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources };
}

/** A key as these services use it for whoever calls them, and in no other way. */
function useOfKey(
  context: StackContext,
  sid: string,
  actions: readonly string[],
  keyArn: Output<string> | null,
  services: readonly string[],
): readonly Statement[] {
  if (keyArn === null) return [];
  const via = services.map((service) => viaService(context, service));
  return [{ ...allow(sid, actions, [keyArn]), Condition: { StringEquals: { 'kms:ViaService': via } } }];
}
