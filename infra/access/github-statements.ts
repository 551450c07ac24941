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

/** Rulesets are below it, and nothing else is: src/app/ruleset-library.ts. */
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

/** What the main branch may do: store a ruleset, which nobody replaces then, put it or an earlier one in force, start a retro scan with it, and see what that and its staged rules found. */
export function publishStatements(context: StackContext, { storage, functions }: GithubParts): readonly Statement[] {
  const { artifacts, tables } = storage;
  return [
    ...reading(context, storage),
    allow('WriteRulesets', ['s3:PutObject'], [interpolate`${artifacts.arn}/${rulesets}`]),
    ...useOfKey(context, 'EncryptRulesets', ['kms:GenerateDataKey'], artifacts.keyArn, ['s3']),
    allow(
      'MoveThePointerAndStartScans',
      ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].map((each) => `dynamodb:${each}`),
      [tables.scans.arn],
    ),
    noticesCannotBeHidden(tables.scans.arn),
    ...readingMatches(storage),
    allow('StartTheBatcher', ['lambda:InvokeFunction'], [functions.batcher.aliasArn]),
  ];
}

/** What `rules diff`, `retro plan` and `retro status` look at. */
function reading(context: StackContext, storage: StorageHandles): readonly Statement[] {
  const { artifacts, inventories, tables, stateKeyArn } = storage;
  return [
    allow('ReadRulesets', ['s3:GetObject'], [interpolate`${artifacts.arn}/${rulesets}`]),
    // They keep versions: this lists them, and reads no file.
    ...onCorpora(storage, 'ListTheCorpus', ['s3:ListBucketVersions']),
    allow('SeeWhatIsCovered', ['dynamodb:BatchGetItem'], [tables.objects.arn]),
    ...useOfKey(context, 'DecryptState', ['kms:Decrypt'], stateKeyArn, ['dynamodb', 's3']),
    ...(inventories === null
      ? []
      : [
          allow('ReadInventories', ['s3:GetObject'], [interpolate`${inventories.arn}/*`]),
          ...useOfKey(context, 'DecryptInventories', ['kms:Decrypt'], inventories.keyArn, ['s3']),
        ]),
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
