import { type PriceName, priceList, type Service, services } from './aws-prices.ts';

/** Number of units of each priced item; a missing item counts as 0. */
export type Usage = Readonly<Partial<Record<PriceName, number>>>;

export type Dollars = Readonly<Record<Service, number>>;

export function addUsage(...all: readonly Usage[]): Usage {
  const sum: Partial<Record<PriceName, number>> = {};
  for (const name of priceNames) {
    const units = all.reduce((total, usage) => total + (usage[name] ?? 0), 0);
    if (units > 0) sum[name] = units;
  }
  return sum;
}

export function timesUsage(times: number, usage: Usage): Usage {
  const product: Partial<Record<PriceName, number>> = {};
  for (const name of priceNames) product[name] = times * (usage[name] ?? 0);
  return addUsage(product);
}

export function dollarsOf(usage: Usage): Dollars {
  const dollars = Object.fromEntries(services.map((service) => [service, 0])) as Record<Service, number>;
  for (const name of priceNames) dollars[priceList[name].service] += (usage[name] ?? 0) * priceList[name].dollars;
  return dollars;
}

export function sumOf(dollars: Dollars): number {
  return services.reduce((sum, service) => sum + dollars[service], 0);
}

const priceNames = Object.keys(priceList) as readonly PriceName[];
