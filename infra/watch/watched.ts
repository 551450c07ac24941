import type { FunctionHandles, QueueHandles, StorageHandles, TopicHandles } from '../handles.ts';

/** The watched parts of the stack, and `topics.operationsArn`, which is notified. */
export interface Watched {
  readonly storage: StorageHandles;
  readonly queues: QueueHandles;
  readonly topics: TopicHandles;
  readonly functions: FunctionHandles;
}
