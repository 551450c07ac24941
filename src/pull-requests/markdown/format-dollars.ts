const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$12.30`; `less than $0.01` where it is that little. */
export function formatDollars(amount: number): string {
  return amount > 0 && amount < 0.01 ? 'less than $0.01' : dollars.format(amount);
}
