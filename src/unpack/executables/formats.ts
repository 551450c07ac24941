import type { Format, Opener } from '../types.ts';
import { findPyInstaller, openPyInstaller } from './pyinstaller/open-bundle.ts';
import { openPyz, pyzMagic } from './pyinstaller/open-pyz.ts';
import { findUpxElf, openUpxElf } from './upx/open-elf.ts';
import { findUpxPe, openUpxPe } from './upx/open-pe.ts';

const openUpx: Opener = (content, room) => (content[0] === 0x7f ? openUpxElf : openUpxPe)(content, room);

export const executableFormats: readonly Format[] = [
  { name: 'upx', find: (probe) => findUpxElf(probe) ?? findUpxPe(probe), open: openUpx },
  { name: 'pyinstaller', find: findPyInstaller, open: openPyInstaller },
  { name: 'pyz', find: (probe) => (probe.has(pyzMagic) ? 0 : null), open: openPyz },
];
