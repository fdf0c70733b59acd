/** Changes when messages change shape; both sides refuse another version. */
export const contractVersion = 1;
