/**
 * Names that are the same in every sandbox.
 */

export const domainName = 'default';
export const projectName = 'default';
export const resourceGroup = 'default';
