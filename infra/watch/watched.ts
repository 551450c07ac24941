import type { FunctionHandles, QueueHandles, StorageHandles, TopicHandles } from '../handles.ts';

/** The parts of the stack that are watched, and `topics.operationsArn`, which is told. */
export interface Watched {
  readonly storage: StorageHandles;
  readonly queues: QueueHandles;
  readonly topics: TopicHandles;
  readonly functions: FunctionHandles;
}
