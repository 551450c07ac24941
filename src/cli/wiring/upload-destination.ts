import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { openUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { createAwsClients, inRegion } from '../../targets/aws/aws-clients.ts';
import { requireIdentity } from '../../targets/aws/require-identity.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import type { GlobalOptions } from '../context.ts';
import { awsCorpus } from './open-aws.ts';

/** Destination of uploads. */
export interface UploadDestination {
  readonly store: ObjectStore;
  /** Stable and unique name of the destination in the journal. */
  readonly id: string;
  /** Advice after an upload; null if there is none. */
  advice(): string | null;
  /** Opens the journal of uploads to it, in the state folder. */
  openJournal(): ReturnType<typeof openUploadJournal>;
  close(): Promise<void>;
}

/**
 * Opens the corpus: on this machine the state folder, created if missing; in AWS the first bucket.
 */
export function openUploadDestination(globals: GlobalOptions): Promise<UploadDestination> {
  return globals.target === 'aws' ? openS3Destination(globals) : openLocalDestination(globals);
}

/** Uses only the bucket: an uploading host has no other permissions. */
async function openS3Destination(globals: GlobalOptions): Promise<UploadDestination> {
  const { corpusBuckets, versioned, region } = await awsCorpus(globals);
  const [first] = corpusBuckets;
  if (first === undefined) throw new RearviewError('ERR_CONFIG', 'No bucket of the corpus is configured.');
  const clients = createAwsClients(inRegion(region));
  try {
    await requireIdentity(clients.s3);
  } catch (error) {
    clients.close();
    throw error;
  }
  return {
    store: createS3ObjectStore({ client: clients.s3, bucket: first.name, versioned }),
    id: `s3://${first.name}`,
    openJournal: () => openUploadJournal(globals.stateDir, `s3://${first.name}`),
    advice: () => null,
    close: async () => clients.close(),
  };
}

async function openLocalDestination(globals: GlobalOptions): Promise<UploadDestination> {
  const target = await openLocalTarget({ stateDir: globals.stateDir });
  const { corpus } = target.state.stores;
  return {
    store: corpus,
    id: localTargetId(corpus),
    openJournal: () => openUploadJournal(globals.stateDir, localTargetId(corpus)),
    advice: () =>
      target.isPipelineRunning()
        ? null
        : 'No process runs the pipeline: what was uploaded is scanned when "rearview up" runs.',
    close: () => target.close(),
  };
}

/** The `id` of a store in the state folder of the journal. */
export function localTargetId({ bucket }: Pick<ObjectStore, 'bucket'>): string {
  return `local:${bucket}`;
}
