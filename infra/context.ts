import type { InfraConfig } from './config/schema.ts';
import { type Names, namesOf } from './names.ts';
import { stackTag } from './stack-tag.ts';

/** The environment of a stack. */
export interface StackPlace {
  /** Name of the stack: `prod`. */
  readonly stack: string;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, or that of another part of AWS, such as `aws-us-gov`. */
  readonly partition: string;
}

/** The settings that every part of the stack receives. */
export interface StackContext extends StackPlace {
  readonly config: InfraConfig;
  readonly names: Names;
  /** On everything that can be tagged. */
  readonly tags: Readonly<Record<string, string>>;
}

/** @throws Error if names of the stack would be invalid in AWS */
export function createContext(config: InfraConfig, place: StackPlace): StackContext {
  const names = namesOf({ prefix: config.namePrefix, ...place });
  return { ...place, config, names, tags: { ...config.tags, [stackTag]: names.base } };
}
