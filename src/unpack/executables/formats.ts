import type { Format } from '../types.ts';
import { findUpxElf, openUpxElf } from './upx/open-elf.ts';

export const executableFormats: readonly Format[] = [{ name: 'upx', find: findUpxElf, open: openUpxElf }];
