import { workerData } from 'node:worker_threads';
import { createSegmentFolder } from '../../adapters/local/files/segment-folder.ts';
import { joinSegments } from '../../app/index/join-segments.ts';
import type { JoinTask } from './segment-joiner.ts';

/** A thread that joins segments: it takes seconds, in which the thread of the pipeline must be free. */
const { folder, settings, segmentBytes } = workerData as JoinTask;
await joinSegments({ segments: createSegmentFolder(folder), settings, segmentBytes });
