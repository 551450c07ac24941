import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';

/** The options of resources, by `<type> <name>` of Pulumi. `recordProgram` sees inputs alone. */
export interface RecordedOptions {
  /** To be given to the component that is looked at. */
  readonly opts: pulumi.ComponentResourceOptions;
  /** Names of the resources, in Pulumi, that one waits for besides those that its inputs are of. */
  dependenciesOf(type: string, name: string): readonly string[];
  readonly all: ReadonlyMap<string, pulumi.ResourceOptions>;
}

const resources = z.array(z.object({ __name: z.string() }));

/** Records the options of a component and of all that it is made of. */
export function recordOptions(): RecordedOptions {
  const all = new Map<string, pulumi.ResourceOptions>();
  return {
    all,
    opts: {
      transformations: [
        ({ type, name, opts }) => {
          all.set(`${type.split(':').at(-1)} ${name}`, opts);
          return undefined;
        },
      ],
    },
    dependenciesOf(type, name) {
      const found = all.get(`${type} ${name}`);
      if (found === undefined) throw new Error(`There is no ${type} ${name}: ${[...all.keys()].join(', ')}`);
      return resources.parse(found.dependsOn ?? []).map(({ __name }) => __name);
    },
  };
}
