import type { Format, Opener } from '../types.ts';
import { findUpxElf, openUpxElf } from './upx/open-elf.ts';
import { findUpxPe, openUpxPe } from './upx/open-pe.ts';

const openUpx: Opener = (content, room) => (content[0] === 0x7f ? openUpxElf : openUpxPe)(content, room);

export const executableFormats: readonly Format[] = [
  { name: 'upx', find: (probe) => findUpxElf(probe) ?? findUpxPe(probe), open: openUpx },
];
