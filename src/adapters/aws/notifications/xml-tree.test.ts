import test from 'ava';
import fc from 'fast-check';
import { canonicalXml, parseXml, textsOf, type XmlElement } from './xml-tree.ts';

const name = fc.stringMatching(/^[A-Z][a-z]{0,4}$/);
const leaf = fc.record({ name, children: fc.constant([]), text: fc.constantFrom('', 'a', ' b ', '&lt;') });
const element = fc.memo((depth): fc.Arbitrary<XmlElement> => {
  if (depth <= 1) return leaf;
  const children = fc.array(element(depth - 1), { minLength: 1, maxLength: 3 });
  return fc.oneof(leaf, fc.record({ name, children, text: fc.constant('') }));
});

function written({ name, children, text }: XmlElement, order: (all: readonly string[]) => readonly string[]): string {
  if (children.length === 0) return `<${name}>${text}</${name}>`;
  return `<${name}>\n  ${order(children.map((each) => written(each, order))).join('\n')}</${name}>`;
}

test('a document is preserved as written, and its order does not matter in comparisons', (t) => {
  fc.assert(
    fc.property(element(4), (tree) => {
      const one = parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n${written(tree, (all) => all)}\n`);
      const other = parseXml(written(tree, (all) => all.toReversed()));
      if (one === null || other === null) return t.fail();
      t.is(canonicalXml(one), canonicalXml(tree));
      t.is(canonicalXml(other), canonicalXml(tree));
    }),
  );
});

test('only the content decides whether two are equal', (t) => {
  const canonical = (document: string) => canonicalXml(parseXml(document) ?? { name: '', children: [], text: '' });
  t.is(canonical('<a x="1"><b/><c>1</c></a>'), canonical("<a ><c>1</c>\n<b y='2'></b></a>"));
  t.not(canonical('<a><b>1</b></a>'), canonical('<a><b>2</b></a>'));
  t.not(canonical('<a><b>1</b></a>'), canonical('<a><b>1 </b></a>'), 'a key may begin or end with a space');
  t.not(canonical('<a>1<b/></a>'), canonical('<a><b/></a>'));
  t.not(canonical('<a><b/></a>'), canonical('<a><b/><b/></a>'));
  t.not(canonical('<a><b><c/></b></a>'), canonical('<a><b/><c/></a>'));
});

test('texts are decoded', (t) => {
  const found = parseXml('<a><v>&lt;&amp;&quot;&#x41;&#66;&nope;</v><v/><w>x</w></a>');
  t.deepEqual(found === null ? [] : textsOf(found, 'v'), ['<&"AB&nope;', '']);
});

test('constructs that S3 does not write are refused', (t) => {
  const others = [
    '',
    'text',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>x',
    '<a><!-- c --></a>',
    '<a>]]></a',
    '<a x=1/>',
  ];
  for (const each of [...others, '<!DOCTYPE a><a/>', '<a><![CDATA[x]]></a>', '{"a": 1}'])
    t.is(parseXml(each), null, each);
});

test('a property name of JavaScript objects is not an entity', (t) => {
  const found = parseXml('<a><v>&constructor;&toString;</v></a>');
  t.deepEqual(found === null ? [] : textsOf(found, 'v'), ['&constructor;&toString;']);
});

test('very many attributes are read, and elements nested deeper than in S3 are refused', (t) => {
  t.is(parseXml(`<a${' b="c"'.repeat(1_000_000)}/>`)?.name, 'a');
  t.not(parseXml('<a>'.repeat(50) + '</a>'.repeat(50)), null);
  t.is(parseXml('<a>'.repeat(100_000) + '</a>'.repeat(100_000)), null);
});
