/** English words of notices. */
export const en = {
  show: 'Show session',
  dismiss: 'Dismiss',
  allow: 'Notify me outside this window',
  more_one: '{{count}} more notice',
  more_other: '{{count}} more notices',
} as const;
