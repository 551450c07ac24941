import test from 'ava';
import { objectStoreContract } from '../../ports/object-store.contract.ts';
import { startS3Emulator } from '../../testing/s3-emulator.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

objectStoreContract(test, async (t) => createS3ObjectStore(await startS3Emulator(t)), { keepsVersions: false });
