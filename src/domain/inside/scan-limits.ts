import type { SizeLimit } from '../objects/size-limit.ts';
import type { UnpackLimits } from './limits.ts';

/** How much of an object is scanned: of itself, and of what is inside it. */
export interface ScanLimits extends SizeLimit {
  /** Null: members are not scanned. */
  readonly unpack: UnpackLimits | null;
}
