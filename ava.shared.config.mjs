import { common, filesOf } from './ava.config.mjs';
import { writeEntries } from './tools/test/shared-process/write-entries.ts';

/** `npm test`: the tests of `ava.config.mjs`, with the files of a folder in one process. */
export default {
  ...common,
  files: writeEntries(import.meta.dirname, filesOf('.test.ts'), filesOf('.system.test.ts')),
};
