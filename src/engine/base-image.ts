import { hash } from 'node:crypto';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import { declarationKey } from '../domain/rulesets/variables.ts';

/** The description of a source that was compiled into an image. */
export interface BaseSource {
  /** Lower-case hex SHA-256 over the source and its variables. */
  readonly sha256: string;
  /** UTF-16 code units. */
  readonly length: number;
  /** Whether its rules may print text while they scan. */
  readonly prints: boolean;
}

/** A compiled ruleset that others can be loaded on top of. */
export interface BaseImage {
  readonly image: RulesetImage;
  /** By namespace. */
  readonly sources: ReadonlyMap<string, BaseSource>;
}

/** The part of a ruleset that a base lacks. */
export interface Layer {
  /** Namespaces of the base whose rules are no longer part of the ruleset, or are others now. */
  readonly hidden: readonly string[];
  /** Compiled on their own. May be empty. */
  readonly sources: readonly RuleSource[];
}

/** Below this, compiling everything takes a moment. UTF-16 code units of all sources. */
const minLength = 256 * 1024;
/** Maximum share of the sources in a layer, and of those it hides: above, both cost too much. */
const maxShare = 1 / 8;

export function baseSources(sources: readonly RuleSource[]): ReadonlyMap<string, BaseSource> {
  return new Map(sources.map((each) => [each.namespace, describe(each)]));
}

function describe({ source, variables = [] }: RuleSource): BaseSource {
  const declared = JSON.stringify(variables.map(declarationKey));
  return {
    sha256: hash('sha256', `${hash('sha256', source)} ${declared}`),
    length: source.length,
    prints: /\bconsole\b/.test(source),
  };
}

/**
 * Returns what has to be compiled to scan with these sources on top of a base; null if all of them
 * have to be. Rules see only rules of their own namespace, so a namespace is taken from the base
 * as a whole, or not at all.
 */
export function layerOn(base: BaseImage, sources: readonly RuleSource[]): Layer | null {
  const total = lengthOf(sources);
  if (total < minLength) return null;
  const now = baseSources(sources);
  const changed = sources.filter(({ namespace }) => base.sources.get(namespace)?.sha256 !== now.get(namespace)?.sha256);
  const hidden = [...base.sources].filter(([namespace, { sha256 }]) => now.get(namespace)?.sha256 !== sha256);
  // Its rules would print what they no longer say.
  if (hidden.some(([, { prints }]) => prints)) return null;
  const compiled = lengthOf(changed);
  const wasted = hidden.reduce((sum, [, { length }]) => sum + length, 0);
  if (compiled > total * maxShare || wasted > total * maxShare) return null;
  return { hidden: hidden.map(([namespace]) => namespace), sources: changed };
}

function lengthOf(sources: readonly RuleSource[]): number {
  return sources.reduce((sum, { source }) => sum + source.length, 0);
}

function isSmall({ sources }: BaseImage): boolean {
  return [...sources.values()].reduce((sum, { length }) => sum + length, 0) < minLength / 2;
}

/** Rulesets are edited one after the other, so the last ones are the nearest. */
const mostBases = 8;

/** The last images that were loaded, for rulesets that can be loaded on top of one. */
export interface BaseShelf {
  /**
   * Puts an image first.
   * @param open called when the base is needed: its sources may have to be decompressed
   */
  add(rulesetId: string, open: () => BaseImage): void;
  remove(rulesetId: string): void;
  /** The image to load sources on top of, and the rest; null if all of them have to be compiled. */
  find(sources: readonly RuleSource[]): { readonly image: RulesetImage; readonly layer: Layer } | null;
}

export function createBaseShelf(): BaseShelf {
  let bases: readonly { readonly id: string; open(): BaseImage }[] = [];
  const without = (id: string) => bases.filter((each) => each.id !== id);
  return {
    add(id, open) {
      let opened: BaseImage | undefined;
      bases = [{ id, open: () => (opened ??= open()) }, ...without(id)].slice(0, mostBases);
    },
    remove(id) {
      bases = without(id);
    },
    find(sources) {
      if (lengthOf(sources) < minLength) return null;
      for (const { id, open } of bases) {
        const base = open();
        const layer = layerOn(base, sources);
        if (layer !== null) return { image: base.image, layer };
        // It is a part of a ruleset that a retro scan needed: no whole ruleset can be loaded on top of it.
        if (isSmall(base)) bases = without(id);
      }
      return null;
    },
  };
}
