import { latin1, utf16 } from '../../bytes/read.ts';
import type { CompoundFile, Entry } from './compound-file.ts';

/** `__substg1.0_3701000D`: the content of an attachment of an Outlook message (MS-OXMSG 2.1.3). */
const attachmentStream = /^__substg1\.0_3701(?:0102|000D)$/i;
/** Its long file name, its file name and its display name; the first that is there counts. */
const nameStreams = ['3707', '3704', '3001'].flatMap((tag) => [`__substg1.0_${tag}001F`, `__substg1.0_${tag}001E`]);

const maxNameBytes = 1024;

/** The names of attachments, by the path of the stream or storage that has their content. */
export function attachmentNames(file: CompoundFile): ReadonlyMap<string, string> {
  const byPath = new Map<string, Entry>();
  for (const entry of file.entries) byPath.set(entry.path.join('/'), entry);
  const names = new Map<string, string>();
  for (const entry of file.entries) {
    if (!attachmentStream.test(entry.name)) continue;
    const folder = entry.path.slice(0, -1);
    for (const stream of nameStreams) {
      const found = byPath.get([...folder, stream].join('/'));
      if (found === undefined || found.size > maxNameBytes) continue;
      const bytes = file.read(found);
      const name = stream.endsWith('F') ? utf16(bytes) : latin1(bytes).split('\0', 1)[0];
      if (name === undefined || name === '') continue;
      names.set(entry.path.join('/'), name);
      break;
    }
  }
  return names;
}
