/** Account and region of recorded programs. */
export const testAccount = '111122223333';
export const testRegion = 'eu-central-1';
