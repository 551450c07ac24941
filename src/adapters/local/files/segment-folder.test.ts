import { join } from 'node:path';
import test from 'ava';
import { segmentStoreContract } from '../../../ports/segment-store.contract.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { createSegmentFolder } from './segment-folder.ts';

segmentStoreContract(test, async (t) => createSegmentFolder(join(await tempFolder(t), 'index')));
