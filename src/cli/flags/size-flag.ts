import { textFlag } from './flag.ts';
import { parseSize } from './parse-size.ts';

/** A size in bytes, with or without a unit. */
export const sizeFlag = textFlag.transform(parseSize);
