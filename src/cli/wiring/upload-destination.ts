import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { openUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { createAwsClients } from '../../targets/aws/aws-clients.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import type { GlobalOptions } from '../context.ts';
import { awsCorpus } from './with-target.ts';

/** Where uploads go. */
export interface UploadDestination {
  readonly store: ObjectStore;
  /** Names the target in the journal: the same from run to run, and no other's. */
  readonly id: string;
  /** What a person should know who has just uploaded something; null for nothing. */
  advice(): string | null;
  /** Opens the journal of uploads to it, in the state folder. */
  openJournal(): ReturnType<typeof openUploadJournal>;
  close(): Promise<void>;
}

/** Opens the corpus: that of this machine, made where it is not there yet, or in AWS the first of its buckets. */
export function openUploadDestination(globals: GlobalOptions): Promise<UploadDestination> {
  return globals.target === 'aws' ? openS3Destination(globals) : openLocalDestination(globals);
}

/** Needs to know of the bucket and no more: a host that uploads has permission for nothing else. */
async function openS3Destination(globals: GlobalOptions): Promise<UploadDestination> {
  const { corpusBuckets, versioned } = await awsCorpus(globals);
  const [first] = corpusBuckets;
  if (first === undefined) throw new RearviewError('ERR_CONFIG', 'No bucket of the corpus is configured.');
  const clients = createAwsClients();
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
      target.isPipelineRunning() ? null : 'No process runs the pipeline: they are scanned when "rearview up" runs.',
    close: () => target.close(),
  };
}

/** The `id` of a store of the state folder that the journal lies in. */
export function localTargetId({ bucket }: Pick<ObjectStore, 'bucket'>): string {
  return `local:${bucket}`;
}
