import type * as pulumi from '@pulumi/pulumi';

/** The options of resources, by `<type> <name>` of Pulumi. `recordProgram` sees inputs alone. */
export interface RecordedOptions {
  /** To be given to the component that is looked at. */
  readonly opts: pulumi.ComponentResourceOptions;
  of(type: string, name: string): pulumi.ResourceOptions;
  readonly all: ReadonlyMap<string, pulumi.ResourceOptions>;
}

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
    of(type, name) {
      const found = all.get(`${type} ${name}`);
      if (found === undefined) throw new Error(`There is no ${type} ${name}: ${[...all.keys()].join(', ')}`);
      return found;
    },
  };
}
