import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { openUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import { RearviewError } from '../../domain/errors.ts';
import { createAwsClients, inRegion } from '../../targets/aws/aws-clients.ts';
import { requireIdentity } from '../../targets/aws/require-identity.ts';
import type { GlobalOptions } from '../context.ts';
import type { UploadDestination } from './destination.ts';
import { awsCorpus } from './open-aws.ts';

/** Opens the first bucket of the corpus. Uses only it: an uploading host has no other permissions. */
export async function openS3Destination(globals: GlobalOptions): Promise<UploadDestination> {
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
