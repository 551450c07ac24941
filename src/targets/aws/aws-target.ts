import { InvokeCommand } from '@aws-sdk/client-lambda';
import { createDynamoMatchStore } from '../../adapters/aws/dynamodb/match-store.ts';
import { createDynamoPointerStore } from '../../adapters/aws/dynamodb/pointer-store.ts';
import { createDynamoRecordStore } from '../../adapters/aws/dynamodb/record-store.ts';
import { createDynamoScanStore } from '../../adapters/aws/dynamodb/scan-store.ts';
import { createTable } from '../../adapters/aws/dynamodb/table.ts';
import { withMissingObjects } from '../../adapters/aws/s3/gone-or-denied.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { createS3SegmentStore } from '../../adapters/aws/s3/s3-segment-store.ts';
import { withInventory } from '../../adapters/aws/s3/with-inventory.ts';
import { withinPrefix } from '../../adapters/aws/s3/within-prefix.ts';
import { createSnsAlertSink } from '../../adapters/aws/sns/sns-alert-sink.ts';
import { createSnsOperatorNotices } from '../../adapters/aws/sns/sns-operator-notices.ts';
import { createSqsQueue } from '../../adapters/aws/sqs/sqs-queue.ts';
import type { Observe } from '../../app/pipeline/events.ts';
import { createRulesetLibrary } from '../../app/rulesets/ruleset-library.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { ObjectReader, ObjectStore } from '../../ports/object-store.ts';
import type { OperatorNotices } from '../../ports/operator-notices.ts';
import type { Signer } from '../../ports/signer.ts';
import { rulesetNotes } from '../ruleset-notes.ts';
import type { Target } from '../target.ts';
import { awsTrustedKeys } from '../trusted-keys.ts';
import { type AwsClients, createAwsClients, inRegion } from './aws-clients.ts';
import type { AwsConfig } from './aws-config.ts';
import { openCorpusInventories } from './corpus-inventories.ts';
import { previewEvent } from './preview-event.ts';
import { previewFunction } from './preview-function.ts';
import { retroCost } from './prices/aws-costs.ts';

export interface AwsTargetOptions {
  readonly config: AwsConfig;
  readonly observe?: Observe;
  /** Default: the SDK's credentials, region and endpoints. */
  readonly clients?: AwsClients;
  /** Signs rulesets. Without it, nothing can be published. */
  readonly signer?: (config: AwsConfig) => Promise<Signer>;
}

/** The parts of the pipeline in AWS. */
export interface AwsTarget extends Target {
  readonly config: AwsConfig;
  readonly clients: AwsClients;
  /** Receives the alerts. */
  readonly alertSink: AlertSink;
  /** Receives notices for operators; null if no topic is configured. */
  readonly operatorNotices: OperatorNotices | null;
  /** Rulesets, and alerts too large for a message. */
  readonly artifacts: ObjectStore;
}

/** No request is sent to AWS before it is needed. */
export function openAwsTarget({ config, observe = () => undefined, signer, ...given }: AwsTargetOptions): AwsTarget {
  const clients = given.clients ?? createAwsClients(inRegion(config.region));
  const { maxObjectBytes, largeFiles, unpack, versioned } = config;
  const table = (name: string) => createTable({ client: clients.dynamo, name });
  const queue = (name: string, url: string, deadLetterUrl: string) =>
    createSqsQueue({ client: clients.sqs, name, url, deadLetterUrl });
  const scansTable = table(config.scansTable);
  const state: Target['state'] = {
    records: createDynamoRecordStore(table(config.objectsTable)),
    matches: createDynamoMatchStore(table(config.matchesTable)),
    scans: createDynamoScanStore(scansTable),
    pointers: createDynamoPointerStore(scansTable),
    queues: {
      live: queue('live', config.liveQueueUrl, config.liveDeadLetterUrl),
      retro: queue('retro', config.retroQueueUrl, config.retroDeadLetterUrl),
      preview: queue('preview', config.previewQueueUrl, config.previewDeadLetterUrl),
    },
  };
  const stores = new Map(
    config.corpusBuckets.map(({ name, prefix }) => {
      const store = createS3ObjectStore({ client: clients.s3, bucket: name, versioned });
      return [name, prefix === '' ? store : withinPrefix(withMissingObjects(store), prefix)];
    }),
  );
  const [corpus] = stores.values();
  if (corpus === undefined) throw new RearviewError('ERR_CONFIG', 'No bucket of the corpus is configured.');
  const artifacts = createS3ObjectStore({ client: clients.s3, bucket: config.artifactsBucket });
  const openInventories = (urls: readonly string[]) =>
    openCorpusInventories(urls, {
      ...{ corpusBuckets: config.corpusBuckets, versioned },
      readerOf: (bucket) => createS3ObjectStore({ client: clients.s3, bucket }),
    });
  const trustedKeys = awsTrustedKeys(config);
  const library = createRulesetLibrary({
    ...{ store: artifacts, pointers: state.pointers, trusted: () => trustedKeys, ...rulesetNotes(observe) },
    ...(signer === undefined ? {} : { signer: async () => signer(config) }),
  });
  const alertSink = createSnsAlertSink({
    client: clients.sns,
    topicArn: config.alertTopicArn,
    format: config.alertFormat,
    oversize: artifacts,
  });
  const forPreviews = previewFunction(config.batcherFunction);
  const invokeBatcher = async (FunctionName: string, scanId: string, Payload: Uint8Array) => {
    const command = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload });
    await clients.lambda.send(command).catch((cause: unknown) => {
      throw new RearviewError(
        'ERR_UNAVAILABLE',
        `Cannot invoke the batcher ${FunctionName} for ${scanId}: ${messageOf(cause)}.`,
        { cause, retryable: true },
      );
    });
  };
  const { operationsTopicArn: topicArn } = config;
  const operatorNotices = topicArn === undefined ? null : createSnsOperatorNotices({ client: clients.sns, topicArn });

  return {
    ...{
      config,
      clients,
      state,
      library,
      corpus,
      artifacts,
      segments: createS3SegmentStore({ client: clients.s3, bucket: config.artifactsBucket }),
      alertSink,
      operatorNotices,
      maxObjectBytes,
      largeFiles,
      unpack,
    },
    previews: config.previews,
    readers: stores,
    openInventories,
    async readersFor({ inventories }) {
      const readers = new Map<string, ObjectReader>(stores);
      for (const inventory of await openInventories(inventories)) {
        const reader = stores.get(inventory.bucket);
        if (reader !== undefined) readers.set(inventory.bucket, withInventory(reader, inventory));
      }
      return readers;
    },
    buckets: config.corpusBuckets.map(({ name }) => name),
    isPipelineRunning: () => true,
    retroCost,
    // If this fails, the finisher finds scans without a batcher.
    runBatcher: (scanId) => invokeBatcher(config.batcherFunction, scanId, jsonBytes({ scanId })),
    startPreview: async (request) => invokeBatcher(forPreviews, request.scanId, previewEvent(request)),
    cancelPreview: (scanId) => invokeBatcher(forPreviews, scanId, jsonBytes({ cancelPreview: scanId })),
    close: async () => clients.close(),
  };
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
