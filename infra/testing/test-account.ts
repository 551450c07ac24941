/** Where recorded programs run. */
export const testAccount = '111122223333';
export const testRegion = 'eu-central-1';
