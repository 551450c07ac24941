import * as pulumi from '@pulumi/pulumi';
import { CollectorAccess } from './access/collectors.ts';
import { GithubAccess } from './access/github-access.ts';
import type { StackContext } from './context.ts';
import { Functions } from './functions/functions.ts';
import type { FunctionHandles, QueueHandles, StorageHandles, TopicHandles } from './handles.ts';
import { type StackOutputs, stackOutputs } from './outputs.ts';
import { Arrivals } from './queues/arrivals.ts';
import { WorkQueues } from './queues/work-queues.ts';
import { Storage } from './storage/storage.ts';
import { Topics } from './topics/topics.ts';
import { Watch } from './watch/watch.ts';

/** One complete deployment of Rearview, which shares nothing with another. */
export class Rearview extends pulumi.ComponentResource {
  readonly outputs: StackOutputs;
  /** The resources in the permissions of roles. */
  readonly parts: {
    readonly storage: StorageHandles;
    readonly queues: QueueHandles;
    readonly topics: TopicHandles;
    readonly functions: FunctionHandles;
  };

  /** @param code of all functions */
  constructor(context: StackContext, code: pulumi.asset.Archive, options?: pulumi.ComponentResourceOptions) {
    super('rearview:index:Rearview', context.names.base, {}, options);
    const inside = { parent: this };
    const storage = new Storage(context, inside);
    const { stateKeyArn } = storage;
    const queues = new WorkQueues(context, { stateKeyArn }, inside);
    const topics = new Topics(context, { stateKeyArn }, inside);
    const { handles: functions } = new Functions(context, { storage, queues, topics, code }, inside);
    new Arrivals(context, { storage, queues }, inside);
    const watch = new Watch(context, { storage, queues, topics, functions }, inside);
    const collectors = new CollectorAccess(context, { corpus: storage.corpus }, inside);
    const { github: repository } = context.config;
    const github =
      repository === null ? null : new GithubAccess(context, { github: repository, storage, functions }, inside);
    this.parts = { storage, queues, topics, functions };
    this.outputs = stackOutputs(context, { storage, queues, topics, functions, watch, collectors, github });
    this.registerOutputs(this.outputs);
  }
}
