import type { SourceChange } from '../../pull-requests/markdown/public/render-sync.ts';
import type { LockedSource } from '../../rules/sources/lock-file.ts';
import { compareFiles } from './vendored-folder.ts';

/** The sources that differ between two locks: those of the second, then those that are gone. */
export function lockChanges(before: readonly LockedSource[], now: readonly LockedSource[]): readonly SourceChange[] {
  const known = new Map(before.map((each) => [each.name, each]));
  const kept = new Set(now.map(({ name }) => name));
  const changeOf = (was: LockedSource | undefined, is: LockedSource | undefined): readonly SourceChange[] => {
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const files = compareFiles(was?.files ?? [], is?.files ?? []);
    return [
      {
        ...{ name: is?.name ?? was?.name ?? '', before: was?.commit ?? null, after: is?.commit ?? null },
        licence: (is ?? was)?.licence ?? null,
        ...{ added: files.added.length, changed: files.changed.length, removed: files.removed.length },
      },
    ];
  };
  return [
    ...now.flatMap((source) => changeOf(known.get(source.name), source)),
    ...before.filter(({ name }) => !kept.has(name)).flatMap((source) => changeOf(source, undefined)),
  ];
}
