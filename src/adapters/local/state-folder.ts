import { chmodSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  closeToOthers,
  isOpenToOthers,
  isOwn,
  makePrivateFolder,
  privateFileMode,
  privateFolderMode,
} from '../../files/private-files.ts';

/** Files directly in the state folder, with what SQLite puts next to them. */
const ownFiles = /^(?:state\.db|alerts\.jsonl|pipeline\.lock)/;
/** Folders with contents by their hashes. */
const contentFolders = ['corpus', 'rulesets'];

/**
 * Makes a state folder that only its owner can look into: it has copies of evidence, which the files they were copied from may keep from others. An existing
 * one that was made with wider permissions is closed where it is ours, with all that the program wrote there. What is in its inbox belongs to the person who put it there.
 */
export function makeStateFolder(dir: string): void {
  makePrivateFolder(dir);
  if (!isOwn(statSync(dir))) return;
  for (const name of readdirSync(dir)) {
    if (ownFiles.test(name)) closeToOthers(join(dir, name), privateFileMode);
    else if (contentFolders.includes(name)) closeContents(join(dir, name));
  }
}

/** Once: the folder itself comes last, so what a crash left open is found again. */
function closeContents(folder: string): void {
  const stats: Stats | undefined = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || !isOwn(stats) || !isOpenToOthers(stats)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) closeContents(path);
    else if (entry.isFile()) closeToOthers(path, privateFileMode);
  }
  chmodSync(folder, privateFolderMode);
}
