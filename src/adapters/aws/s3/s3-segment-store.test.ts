import test from 'ava';
import { segmentStoreContract } from '../../../ports/segment-store.contract.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { createS3SegmentStore } from './s3-segment-store.ts';

segmentStoreContract(test, async (t) => createS3SegmentStore(await startS3Emulator(t)));
