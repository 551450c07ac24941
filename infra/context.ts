import type { InfraConfig } from './config/schema.ts';
import type { Names } from './names.ts';

/** What every part of the stack is told. */
export interface StackContext {
  readonly config: InfraConfig;
  readonly names: Names;
  /** Of the stack: `prod`. */
  readonly stack: string;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, or that of another part of AWS, such as `aws-us-gov`. */
  readonly partition: string;
  /** On everything that can be tagged. */
  readonly tags: Readonly<Record<string, string>>;
}
