/** Objects that are made once and reused, in the order of their creation. */
export interface ReusePool<Descriptor, Item> {
  next(descriptor: Descriptor): Item;
  /** Makes all items available again, from the first. */
  restart(): void;
}

/** Objects with equal descriptors are interchangeable. */
export function createReusePool<Descriptor extends object, Item>(
  make: (descriptor: Descriptor) => Item,
): ReusePool<Descriptor, Item> {
  const items: { readonly key: string; readonly item: Item }[] = [];
  let position = 0;
  return {
    next: (descriptor) => {
      const key = JSON.stringify(descriptor);
      let next = items[position];
      if (next?.key !== key) next = { key, item: make(descriptor) };
      items[position] = next;
      position += 1;
      return next.item;
    },
    restart: () => {
      position = 0;
    },
  };
}
