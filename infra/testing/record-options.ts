import type * as pulumi from '@pulumi/pulumi';
import * as z from 'zod';

/** The options of resources, by Pulumi's `<type> <name>`. `recordProgram` sees only inputs. */
export interface RecordedOptions {
  /** Option for the tested component. */
  readonly opts: pulumi.ComponentResourceOptions;
  /** Pulumi names of the resources that one explicitly depends on. */
  dependenciesOf(type: string, name: string): readonly string[];
  readonly all: ReadonlyMap<string, pulumi.ResourceOptions>;
}

const resources = z.array(z.object({ __name: z.string() }));

/** Records the options of a component and of all its parts. */
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
