import { anyOf, magic } from '../find.ts';
import type { Format, Opener } from '../types.ts';
import { findPyInstaller, openPyInstaller } from './pyinstaller/open-bundle.ts';
import { openPyz, pyzMagic } from './pyinstaller/open-pyz.ts';
import { findUpxElf, openUpxElf } from './upx/open-elf.ts';
import { findUpxPe, openUpxPe } from './upx/open-pe.ts';

const openUpx: Opener = (content, room) => (content[0] === 0x7f ? openUpxElf : openUpxPe)(content, room);

export const executableFormats: readonly Format[] = [
  { name: 'upx', find: anyOf(findUpxElf, findUpxPe), open: openUpx },
  { name: 'pyinstaller', find: findPyInstaller, open: openPyInstaller },
  { name: 'pyz', find: magic(pyzMagic), open: openPyz },
];
