import { interpolate, type Output } from '@pulumi/pulumi';
import { matchesTable } from '../../src/adapters/aws/dynamodb/tables.ts';
import { viaService } from '../arns.ts';
import { useOfBucketKey } from '../bucket-key.ts';
import type { StackContext } from '../context.ts';
import { noticesCannotBeHidden } from '../functions/noticed-pointer.ts';
import { onCorpora, readingIndex } from '../functions/s3-statements.ts';
import type { FunctionHandles, Statement, StorageHandles } from '../handles.ts';

export interface GithubParts {
  readonly storage: StorageHandles;
  readonly functions: Pick<FunctionHandles, 'batcher'>;
}

/** Only rulesets are below it: src/app/rulesets/ruleset-library.ts. */
const rulesets = 'rulesets/*';

/**
 * Permissions of pull requests: read rulesets, scans and the names of objects to scan, and start
 * previews. A preview with their own rules reads whatever `previews.allowed` permits: this is read
 * access to the corpus. They cannot read matches, which contain bytes of files from all of it.
 */
export function previewStatements(context: StackContext, { storage, functions }: GithubParts): readonly Statement[] {
  const { tables } = storage;
  return [
    ...reading(context, storage, false),
    allow('ReadScans', ['dynamodb:BatchGetItem', 'dynamodb:Query'], [tables.scans.arn]),
    allow('AskForPreviews', ['lambda:InvokeFunction'], [functions.batcher.previewAliasArn]),
  ];
}

/**
 * Permissions of the main branch: sign and store a ruleset (which is never replaced), make it
 * active, start a retro scan with it, and read the matches of the scan and of its staged rules.
 */
export function publishStatements(context: StackContext, { storage, functions }: GithubParts): readonly Statement[] {
  const { artifacts, signingKey } = storage;
  return [
    ...reading(context, storage, true),
    allow('WriteRulesets', ['s3:PutObject'], [interpolate`${artifacts.arn}/${rulesets}`]),
    {
      ...allow('SignRulesets', ['kms:Sign'], [signingKey.arn]),
      // Exactly the request of src/adapters/aws/kms-signer.ts.
      Condition: { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' } },
    },
    ...useOfBucketKey(context, 'EncryptRulesets', artifacts, ['kms:GenerateDataKey']),
    ...movingThePointer(storage),
    ...readingMatches(storage),
    allow('StartTheBatcher', ['lambda:InvokeFunction'], [functions.batcher.aliasArn]),
  ];
}

/**
 * Permissions of a rollback: make an earlier ruleset active, and start a retro scan with it. It
 * stores no ruleset, and reads no match.
 */
export function rollbackStatements(context: StackContext, { storage, functions }: GithubParts): readonly Statement[] {
  return [
    ...planning(context, storage, true),
    ...movingThePointer(storage),
    allow('StartTheBatcher', ['lambda:InvokeFunction'], [functions.batcher.aliasArn]),
  ];
}

/** Changes the active ruleset, and records started and superseded retro scans. */
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

/** Reads for `rules diff`, `retro plan` and `retro status`. */
function reading(context: StackContext, storage: StorageHandles, isMain: boolean): readonly Statement[] {
  const { inventories } = storage;
  return [
    ...planning(context, storage, isMain),
    ...(inventories === null
      ? []
      : [
          allow('ReadInventories', ['s3:GetObject'], [interpolate`${inventories.arn}/*`]),
          ...useOfBucketKey(context, 'DecryptInventories', inventories, ['kms:Decrypt']),
        ]),
  ];
}

/** Reads for planning a retro scan from a listing. */
function planning(context: StackContext, storage: StorageHandles, isMain: boolean): readonly Statement[] {
  const { artifacts, tables, stateKeyArn } = storage;
  return [
    allow('ReadRulesets', ['s3:GetObject'], [interpolate`${artifacts.arn}/${rulesets}`]),
    // Who may only preview in some areas must not learn from it what is in others.
    ...(context.config.previews.allowed === null || isMain ? readingIndex(storage) : []),
    // They keep versions: this lists them, and reads no file.
    ...onCorpora(storage, 'ListTheCorpus', ['s3:ListBucketVersions']),
    allow('SeeWhatIsCovered', ['dynamodb:BatchGetItem'], [tables.objects.arn]),
    ...useOfBucketKey(context, 'DecryptRulesets', artifacts, ['kms:Decrypt']),
    {
      ...allow('DecryptTables', ['kms:Decrypt'], [stateKeyArn]),
      Condition: { StringEquals: { 'kms:ViaService': viaService(context, 'dynamodb') } },
    },
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
