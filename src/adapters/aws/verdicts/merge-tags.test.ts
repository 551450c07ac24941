import test from 'ava';
import fc from 'fast-check';
import { maxTags, mergeTags, type ObjectTag } from './merge-tags.ts';

const tag = fc.record({ key: fc.constantFrom(...'abcdefghijklmnop'), value: fc.string({ maxLength: 3 }) });
const tags = (maxLength: number) => fc.uniqueArray(tag, { maxLength, selector: ({ key }) => key });
const keys = (all: readonly ObjectTag[]) => all.map(({ key }) => key);

test("tags of others stay in their place, Rearview's have their new values, and there are never more than ten", (t) => {
  fc.assert(
    fc.property(tags(maxTags), tags(5), (present, wanted) => {
      const { tags: merged, leftOut } = mergeTags(present, wanted);
      const ours = new Map(wanted.map(({ key, value }) => [key, value]));
      t.deepEqual(keys(merged).slice(0, present.length), keys(present));
      for (const { key, value } of present) {
        t.is(merged.find((each) => each.key === key)?.value, ours.get(key) ?? value);
      }
      t.true(merged.length <= maxTags);
      t.is(new Set(keys(merged)).size, merged.length);
      t.deepEqual([...keys(merged), ...keys(leftOut)].sort(), [...new Set([...keys(present), ...keys(wanted)])].sort());
    }),
  );
});

test("only Rearview's last tags are left out, and only if they do not fit", (t) => {
  fc.assert(
    fc.property(tags(maxTags), tags(5), (present, wanted) => {
      const { tags: merged, leftOut } = mergeTags(present, wanted);
      const added = wanted.filter(({ key }) => !keys(present).includes(key));
      t.deepEqual(leftOut, added.slice(added.length - leftOut.length));
      if (leftOut.length > 0) t.is(merged.length, maxTags);
    }),
  );
});

test('repeating it changes nothing', (t) => {
  fc.assert(
    fc.property(tags(maxTags), tags(5), (present, wanted) => {
      const once = mergeTags(present, wanted);
      t.deepEqual(mergeTags(once.tags, wanted), once);
    }),
  );
});
