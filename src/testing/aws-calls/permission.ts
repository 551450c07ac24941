/** The subject of a permission, by its name in the emulator. */
export type Target =
  | { readonly type: 'bucket'; readonly bucket: string }
  | { readonly type: 'object'; readonly bucket: string; readonly key: string }
  | { readonly type: 'table'; readonly table: string; readonly index?: string }
  | { readonly type: 'queue'; readonly queue: string }
  | { readonly type: 'topic'; readonly topic: string }
  /** By its ARN. */
  | { readonly type: 'key'; readonly key: string }
  /** `function` as it was named: a name or an ARN, with or without a qualifier. */
  | { readonly type: 'function'; readonly function: string };

/**
 * Keys of conditions:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export type ContextKeys = Readonly<Record<string, string | string[]>>;

/** KMS actions that a service does on behalf of its caller. */
export type KeyAction = 'kms:Decrypt' | 'kms:GenerateDataKey';

/** One permission that a request needs. A request is allowed where all of its permissions are. */
export interface Permission {
  /** The action in IAM: `s3:GetObjectVersion`. */
  readonly action: string;
  readonly on: Target;
  readonly context?: ContextKeys;
  /** Actions on the key that encrypts `on`, if there is one. Default: none. */
  readonly keys?: readonly KeyAction[];
}
