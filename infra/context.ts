import type { InfraConfig } from './config/schema.ts';
import { type Names, namesOf } from './names.ts';
import { stackTag } from './stack-tag.ts';

/** Where a stack is made. */
export interface StackPlace {
  /** Of the stack: `prod`. */
  readonly stack: string;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, or that of another part of AWS, such as `aws-us-gov`. */
  readonly partition: string;
}

/** What every part of the stack is told. */
export interface StackContext extends StackPlace {
  readonly config: InfraConfig;
  readonly names: Names;
  /** On everything that can be tagged. */
  readonly tags: Readonly<Record<string, string>>;
}

/** @throws Error where names of the stack would be none that AWS takes */
export function createContext(config: InfraConfig, place: StackPlace): StackContext {
  const names = namesOf({ prefix: config.namePrefix, ...place });
  return { ...place, config, names, tags: { ...config.tags, [stackTag]: names.base } };
}
